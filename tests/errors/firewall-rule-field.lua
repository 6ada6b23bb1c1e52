firewall("fence", { inside = "client", rules = { { "accept", dport = 80 } } })
