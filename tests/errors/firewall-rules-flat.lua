firewall("fence", { inside = "client", rules = { "accept", port = 80 } })
