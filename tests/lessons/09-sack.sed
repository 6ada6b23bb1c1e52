# Missing are the bytes 2001 to 3000, 4001 to 5000 and 7001 to 8000.
s/^local lost = "client>DATA#2"    /local lost = "client>DATA#3,5,8"/
