host "a":start(5)
