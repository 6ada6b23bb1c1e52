figure("ladder", { widht = "column" })
