result("x", 0 / 0)
