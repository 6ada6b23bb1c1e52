host("a", { tcp = { cc = { "cubic", betta = 0.5 } } })
