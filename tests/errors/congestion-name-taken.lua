congestion("reno", { on_ack = function () end })
