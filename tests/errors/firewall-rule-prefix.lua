firewall("fence", { inside = "client", rules = { { "accept", port = 80 }, { "drop", from = "10.0.0.0/33" } } })
