congestion("own", { init = function (c) c.pacing_rate = 1e6 end, on_ack = function () end })
local a, b = host("a", { tcp = { cc = "own" } }), host "b"
link(a, b, { delay = "10 ms" })
b:listen(80)
a:start(function () assert(a:connect(b, 80)):send "100 kB" end)
