graphml "nothing.graphml"
