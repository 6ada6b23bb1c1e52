chain { link = { rate = "fast" } }
