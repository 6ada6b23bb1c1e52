-- status: 4
-- args: --max-memory 8MiB
-- Memory that is not Lua's: connections that wait, each in a slab.
local a, b = host "a", host "b"
link(a, b, { delay = "1 s", queue = "1000000 pkt" })
b:listen(80, function () end, { backlog = 1000000 })
bulk{ from = a, to = b, port = 81, bytes = 100, count = 1000000, gap = "1 us" }
