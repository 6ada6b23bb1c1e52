graphml "data/malformed.graphml"
