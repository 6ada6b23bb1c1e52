congestion("own", { on_ack = function () end })
host("a", { tcp = { cc = { "own", beta = 0.5 } } })
