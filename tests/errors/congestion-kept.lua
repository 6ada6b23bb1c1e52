local kept
congestion("own", { init = function (c) kept = c end, on_ack = function () end })
at(1, function () kept.cwnd = 5 end)
local a, b = host("a", { tcp = { cc = "own" } }), host "b"
link(a, b, { delay = "10 ms" })
b:listen(80)
a:start(function () assert(a:connect(b, 80)):send "100 kB" end)
