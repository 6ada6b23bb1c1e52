# Sizes of flows in a data-mining cluster, bytes and cumulative probability, as read off figure 2 of
# Greenberg et al., "VL2: a scalable and flexible data center network", SIGCOMM 2009, in segments of
# 1,460 bytes, and used in simulations since.
1460       0.5
2920       0.6
4380       0.7
10220      0.8
389820     0.9
3076220    0.95
97333820   0.99
973333820  1
