congestion("own", { params = 5, on_ack = function () end })
