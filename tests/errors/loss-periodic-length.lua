local a, b = host "a", host "b"
link(a, b, { loss = { kind = "periodic", every = 3, length = 4 } })
