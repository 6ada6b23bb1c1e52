local a, b = host "a", host "b"
link(a, b, { loss = { kind = "trace", file = "nothing.txt" } })
