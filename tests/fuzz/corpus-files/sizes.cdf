# bytes, share
1000, 0.5
5000, 1
