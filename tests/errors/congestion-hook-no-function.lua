congestion("own", { on_ack = 5 })
