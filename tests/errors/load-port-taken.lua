local a, b = host "a", host "b"
b:listen(80, function () end)
bulk { from = a, to = b, port = 80 }
