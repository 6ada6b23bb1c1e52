# There is no eleventh: nothing is lost.
s/^local lost = 10 /local lost = 11 /
