congestion("own", function () end)
