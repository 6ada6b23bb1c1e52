firewall("fence", { inside = "client", rules = { { "drop", match = "SIN" } } })
