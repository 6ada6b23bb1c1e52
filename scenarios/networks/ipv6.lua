-- TCP over IPv6, on a path whose middle link carries less than the others.
--
-- Shows: headers of 40 bytes in place of 20, so that a segment has 1,440 bytes and not 1,460. Routers
--        never cut an IPv6 packet: who cannot pass one on says "packet too big" (ICMPv6), and the
--        sender makes its segments smaller, whatever they carry; the datagram that comes last is cut
--        by the sender itself, which knows the path by then. No link may carry less than 1,280 bytes.
-- Try:   -p mtu=1500; the same over IPv4: -p family=IPv4.

local mtu    = param("mtu", 1280, "bytes that the middle link carries", { min = 1280, max = 1500 })
local family = param("family", "IPv6", "of the addresses", { choices = { "IPv6", "IPv4" } })

local plain  = { timestamps = false, initial_window = 2 } -- round numbers and a short ladder
local client = host("client", { address = family, tcp = plain })
local server = host("server", { address = family, tcp = plain })
local a, b   = router "a", router "b"
link(client, a, { rate = "10 Mbit/s", delay = "10 ms" })
link(a, b, { rate = "10 Mbit/s", delay = "10 ms", mtu = mtu })
link(b, server, { rate = "10 Mbit/s" })

server:listen(80, function (conn)
  result("bytes", (conn:receive_all()))
  conn:close()
end)
local inbox = server:udp(9)
server:start(function () result("datagram", (inbox:receive_from())) end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("mss_before", conn.mss)
  conn:send "2800 B"
  sleep "0.5 s"
  result("mss_after", conn.mss)
  result("timeouts", conn:info().timeouts)
  conn:close()
  client:udp():send_to(server, 9, 1400)
end)

local header = family == "IPv6" and 40 or 20
expect("a segment is what the link and the path leave", function ()
  return value "mss_before" == 1500 - header - 20 and value "mss_after" == mtu - header - 20
end)
expect("everything arrives, and nobody waited for a time-out", function ()
  return value "bytes" == 2800 and value "datagram" == 1400 and value "timeouts" == 0
end)
figure "ladder"
