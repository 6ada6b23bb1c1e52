local a = host("a", { tcp = { inital_rto = "1 s" } })
