nat("home", { outside = "server", filtering = "symmetric" })
