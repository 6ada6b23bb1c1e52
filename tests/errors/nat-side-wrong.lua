nat("home", { inside = { 7 } })
