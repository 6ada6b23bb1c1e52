local a, b = host "a", host "b"
bulk { from = {}, to = b }
