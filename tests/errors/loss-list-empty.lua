local a, b = host "a", host "b"
link(a, b, { loss = { kind = "list" } })
