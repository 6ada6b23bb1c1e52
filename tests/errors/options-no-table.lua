local a, b = host "a", host "b"
link(a, b, "10 Mbit/s")
