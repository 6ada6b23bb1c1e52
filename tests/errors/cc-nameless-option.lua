host("a", { tcp = { cc = { "cubic", "beta" } } })
