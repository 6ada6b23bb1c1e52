graphml "data/latitude.graphml"
