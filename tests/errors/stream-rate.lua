local a, b = host "a", host "b"
cbr { from = a, to = b }
