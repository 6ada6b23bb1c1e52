at(1, function () congestion("own", { on_ack = function () end }) end)
