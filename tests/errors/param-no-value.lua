-- args: -p delay
param("delay", "5 ms")
