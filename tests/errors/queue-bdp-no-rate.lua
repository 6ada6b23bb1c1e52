local a, b = host "a", host "b"
link(a, b, { delay = "5 ms", queue = "1 BDP" })
