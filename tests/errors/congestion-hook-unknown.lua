congestion("own", { on_ack = function () end, on_lost = function () end })
