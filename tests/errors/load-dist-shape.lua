local a, b = host "a", host "b"
poisson { from = a, to = b, rate = 100, size = { kind = "pareto", mean = 100, shape = 1 } }
