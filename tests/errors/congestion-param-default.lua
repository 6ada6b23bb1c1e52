congestion("own", { params = { word = "fast" }, on_ack = function () end })
