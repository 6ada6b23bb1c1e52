graphml "data/node.graphml"
