congestion("own", { on_loss = function () end })
