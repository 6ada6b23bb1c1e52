congestion("own", { on_ack = function () end })
congestion("own", { on_ack = function () end })
