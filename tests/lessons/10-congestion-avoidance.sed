# 2 Mbit/s, 0.1 s and 1,040 bytes a packet: 24 packets.
s/^local queue = 4  /local queue = 24 /
