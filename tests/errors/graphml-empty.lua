graphml "data/empty.graphml"
