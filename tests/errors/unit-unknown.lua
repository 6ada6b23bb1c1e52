local a, b = host "a", host "b"
link(a, b, { delay = "50 mss" })
