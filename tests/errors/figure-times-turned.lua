local a, b = host "a", host "b"
link(a, b)
figure("ladder", { from = "2 s", to = "1 s" })
