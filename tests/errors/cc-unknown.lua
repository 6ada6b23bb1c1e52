host("a", { tcp = { cc = "rno" } })
