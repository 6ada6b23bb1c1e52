local a, b = host "a", host "b"
link(a, b, { loss = { p = 0.1 } })
