local a = host "a"
link(a, a)
