local a, b = host "a", host "b"
link(a, b, { rate = "1 Mbit/s", queue = { kind = "codel", limit = "64 kB" } })
