figure("ladder", { format = "jpg" })
