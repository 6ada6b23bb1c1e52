local a, b = host "a", host "b"
poisson { from = a, to = b, rate = 100 }
