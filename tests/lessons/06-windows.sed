# 10 Mbit/s times 0.1 s are 125,000 bytes.
s/^local buffer = "64 kB"/local buffer = "125 kB"/
