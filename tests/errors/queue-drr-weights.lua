local a, b = host "a", host "b"
link(a, b, { queue = { kind = "drr", classes = { "ACK" }, weights = { 1, 2, 3 } } })
