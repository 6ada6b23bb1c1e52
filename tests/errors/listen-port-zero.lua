host "a":listen(0)
