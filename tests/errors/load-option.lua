local a, b = host "a", host "b"
bulk { from = a, to = b, byte = 100 }
