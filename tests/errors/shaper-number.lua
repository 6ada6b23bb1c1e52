local a, b = host "a", host "b"
link(a, b, { shaper = "1 Mbit/s" })
