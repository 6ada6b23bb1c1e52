local a, b = host "a", host "b"
link(a, b, { reorder = { probability = 0.1, distance = 0.5 } })
