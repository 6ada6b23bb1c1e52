local a, b = host "a", host "b"
link(a, b, { jitter = { kind = "trace", file = "data/delay.txt" } })
