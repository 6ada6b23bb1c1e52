local a, b = host "a", host "b"
link(a, b, { jitter = { kind = "normal", deviation = "1 ms", reorder = 1 } })
