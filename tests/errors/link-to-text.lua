local a = host "a"
link(a, "b")
