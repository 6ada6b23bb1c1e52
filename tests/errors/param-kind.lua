-- args: -p rate=5ms
local rate = param("rate", "1 Mbit/s")
