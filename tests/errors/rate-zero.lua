local a, b = host "a", host "b"
link(a, b, { rate = 0 })
