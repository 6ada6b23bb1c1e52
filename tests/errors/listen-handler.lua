host "a":listen(80, "handler")
