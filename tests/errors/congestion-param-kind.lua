congestion("own", { params = { wait = "50 ms" }, on_ack = function () end })
host("a", { tcp = { cc = { "own", wait = "5 kB" } } })
