io.open("x")
