local a, b = host "a", host "b"
link(a, b, { queue = { kind = "red", min = 10, max = 10 } })
