local a, b = host "a", host "b"
link(a, b, { loss = { kind = "bernoulli", q = 0.1 } })
