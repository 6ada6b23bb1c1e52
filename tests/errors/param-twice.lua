param("delay", "5 ms")
param("delay", "6 ms")
