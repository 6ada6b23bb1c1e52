# Sizes of flows in a web-search cluster, bytes and cumulative probability: after figure 4 of Alizadeh et
# al., "Data center TCP (DCTCP)", SIGCOMM 2010, as simulations commonly have it. Written down from
# memory, not taken from the authors' data: for numbers that are to be compared with a paper's, use that
# paper's own file.
0         0
10000     0.15
20000     0.20
30000     0.30
50000     0.40
80000     0.53
200000    0.60
1000000   0.70
2000000   0.80
5000000   0.90
10000000  0.97
30000000  1
