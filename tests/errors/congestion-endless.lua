-- status: 4
-- args: --max-steps 1000000
congestion("own", { on_ack = function (c, ack) while true do end end })
local a, b = host("a", { tcp = { cc = "own" } }), host "b"
link(a, b, { delay = "10 ms" })
b:listen(80)
a:start(function () assert(a:connect(b, 80)):send "100 kB" end)
