-- Path MTU discovery: a link in the middle of the path carries no more than 1,000 bytes.
--
-- Shows: both ends are on wide links and agree on segments of 1,460 bytes. The first that the router
--        cannot pass on is dropped, since TCP forbids to fragment it, and an ICMP message says what
--        would fit (RFC 1191). The sender cuts what is out and sends it again at once, in pieces
--        that fit; its window stays as it is, because nothing was congested.
-- Try:   two connections, one after the other: the host remembers the path for ten minutes. Routers
--        that say nothing: wire:drop "ICMP"; mtu-black-hole.lua is about that. Links of other sizes:
--        -p mtu=1200.

local mtu = param("mtu", 1000, "bytes that the middle link carries", { min = 600, max = 1500 })

local plain  = { timestamps = false, initial_window = 2 } -- round numbers and a short ladder
local client = host("client", { tcp = plain })
local server = host("server", { tcp = plain })
local a, b   = router "a", router "b"
local wire   = link(client, a, { rate = "10 Mbit/s", delay = "10 ms" })
link(a, b, { rate = "10 Mbit/s", delay = "10 ms", mtu = mtu })
link(b, server, { rate = "10 Mbit/s" })

server:listen(80, function (conn)
  result("bytes", (conn:receive_all()))
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("mss_before", conn.mss)
  conn:send(2920)
  sleep "0.5 s"
  result("mss_after", conn.mss)
  result("timeouts", conn:info().timeouts)
  conn:close()
end)

expect("the segments fit the path, which nobody knew before", function ()
  return value "mss_before" == 1460 and value "mss_after" == mtu - 40
end)
expect("everything arrives", function () return value "bytes" == 2920 end)
expect("nobody waited for a time-out", function () return value "timeouts" == 0 end)
figure "ladder"
