host("a", { tcp = { cc = { "newreno", beta = 0.5 } } })
