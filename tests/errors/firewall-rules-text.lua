firewall("fence", { inside = "client", rules = "accept" })
