local a, b = host "a", host "b"
bulk(a, b)
