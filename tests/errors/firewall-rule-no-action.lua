firewall("fence", { inside = "client", rules = { { port = 80 } } })
