congestion("own", { on_ack = function () end, control = function () end })
