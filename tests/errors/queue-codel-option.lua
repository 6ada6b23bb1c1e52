local a, b = host "a", host "b"
link(a, b, { queue = { kind = "codel", taget = "5 ms" } })
