nat("home", { outside = "server", first_port = 5000, last_port = 4000 })
