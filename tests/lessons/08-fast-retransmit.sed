# Three of ten have to be behind it.
s/^local lost = 10 /local lost = 7  /
