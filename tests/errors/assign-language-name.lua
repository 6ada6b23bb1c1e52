local a = host "a"
link = 5
