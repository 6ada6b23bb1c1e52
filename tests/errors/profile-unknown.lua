host("a", { tcp = { profile = "linus" } })
