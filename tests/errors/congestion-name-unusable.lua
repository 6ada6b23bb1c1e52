congestion("my own", { on_ack = function () end })
