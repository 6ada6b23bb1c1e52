congestion("own", { params = { step = 1 }, on_ack = function () end })
host("a", { tcp = { cc = { "own", stp = 2 } } })
