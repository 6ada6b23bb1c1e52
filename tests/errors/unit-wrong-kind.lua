local a, b = host "a", host "b"
link(a, b, { delay = "10 Mbit/s" })
