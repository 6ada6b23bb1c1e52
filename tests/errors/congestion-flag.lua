congestion("own", { on_ack = function () end, paces = 1 })
