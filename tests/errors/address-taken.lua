host("a", { address = "10.0.0.7" })
host("b", { address = "10.0.0.7" })
