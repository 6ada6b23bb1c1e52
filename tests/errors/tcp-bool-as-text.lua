host("a", { tcp = { nagle = "yes" } })
