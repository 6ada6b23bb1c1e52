local a, b = host "a", host "b"
link(a, b)
b:listen(80)
a:start(function () a:connect(b, 80, { fastopen = "10 ms" }) end)
