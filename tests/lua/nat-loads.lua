-- Loads through two NATs, one behind the other: each flow finds its other end.
local a, b = host "a", host "b"
local inner = nat("inner", { inside = { a, b } })
local outer = nat("outer", { inside = inner })
local server = host "server"
link(a, inner, { delay = "1 ms" })
link(b, inner, { delay = "1 ms" })
link(inner, outer, { delay = "1 ms" })
link(outer, server, { delay = "1 ms", rate = "100 Mbit/s" })
local up = bulk { from = { a, b }, to = server, bytes = "50 kB", count = 20, gap = "20 ms" }
local web = request_response { from = { a, b }, to = server, count = 10, gap = "50 ms" }
local stream = cbr { from = a, to = server, rate = "1 Mbit/s", ["until"] = 1 }
expect("all flows are completed", function ()
  return up.completed == 20 and up.failed == 0 and web.completed == 10 and web.failed == 0
end)
expect("datagrams arrive", function () return stream.received == stream.sent and stream.sent > 80 end)
expect("both have translated them", function ()
  return inner.mappings_made == 31 and outer.mappings_made == 31 and inner.dropped + outer.dropped == 0
end)
