local a, b = host "a", host "b"
link(a, b, { loss = { kind = "trace", file = "/nowhere/at/all" } }) -- whether it is there is not told
