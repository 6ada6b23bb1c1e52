local loss = param("loss", 0, "part that is lost")
result("loss", loss)
study { vary = { los = { 0, 1 } }, seeds = 2 }
