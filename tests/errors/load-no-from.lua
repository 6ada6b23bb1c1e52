local a, b = host "a", host "b"
bulk { to = b }
