-- args: -p dealy=5
param("delay", "5 ms")
param("rate", "1 Mbit/s")
