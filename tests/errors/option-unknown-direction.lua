local a, b = host "a", host "b"
link(a, b, { forward = { mtuu = 1500 } })
