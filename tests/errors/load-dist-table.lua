local a, b = host "a", host "b"
poisson { from = a, to = b, rate = 100, size = { kind = "empirical", file = "data/wrong.cdf" } }
