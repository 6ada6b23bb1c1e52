# Sizes of flows in a data-mining cluster, bytes and cumulative probability, in segments of 1,460 bytes:
# after figure 2 of Greenberg et al., "VL2: a scalable and flexible data center network", SIGCOMM 2009,
# as simulations commonly have it. Written down from memory, not taken from the authors' data: for
# numbers that are to be compared with a paper's, use that paper's own file.
1460       0.5
2920       0.6
4380       0.7
10220      0.8
389820     0.9
3076220    0.95
97333820   0.99
973333820  1
