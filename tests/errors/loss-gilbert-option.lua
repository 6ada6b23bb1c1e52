local a, b = host "a", host "b"
link(a, b, { loss = { kind = "gilbert-elliott", p = 1.2 } })
