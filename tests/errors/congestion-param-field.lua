congestion("own", { params = { cwnd = 1 }, on_ack = function () end })
