local a, b = host "a", host "b"
link(a, b, { loss = { kind = "bernouli", p = 0.1 } })
