firewall("fence", { inside = "client", rules = { { "acept", port = 80 } } })
