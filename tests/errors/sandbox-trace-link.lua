local a, b = host "a", host "b"
link(a, b, { rate = { trace = "data/passwd" } })
