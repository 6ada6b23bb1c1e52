host("a", { tcp = { cc = { "cubic", beta = 1.5 } } })
