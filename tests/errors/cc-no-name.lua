host("a", { tcp = { cc = { beta = 0.5 } } })
