nat("home", { outside = "server", udp_timout = "30 s" })
