host("a", { tcp = { cc = true } })
