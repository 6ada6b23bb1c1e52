-- IPv6 end to end: addresses, what is told when something fails, and a node with both families.
local client = host("client", { address = "IPv6" })
local server = host("server", { address = "fd00:1::80" })
local old    = host "old"                              -- IPv4, until it needs the other
local a, b   = router "a", router "b"
link(client, a, { delay = "1 ms" })
link(old, a, { delay = "1 ms" })
local middle = link(a, b, { delay = "1 ms" })
link(b, server, { delay = "1 ms" })
local net = dumbbell { left = 2, address = "IPv6", prefix = "d-" }

local seen = {}
server:listen(80, function (conn)
  seen[#seen + 1] = conn.remote_address
  conn:receive_all()
  conn:close()
end)
net.right[1]:listen(80, function (conn) seen.dumbbell = conn:receive_all() conn:close() end)
net.left[1]:start(function ()
  local conn = assert(net.left[1]:connect(net.right[1], 80))
  conn:send "50 kB"
  conn:close()
end)

local got = {}
client:start(function ()
  local conn = assert(client:connect(server, 80))
  got.mss = conn.mss
  conn:send "100 kB"
  conn:close()
  got.refused = select(2, client:connect(server, 81))
  got.nowhere = select(2, client:connect("fd00:1::81", 80))
  got.ping = client:ping("fd00:1::80", { count = 1 }).received
  local hops = client:traceroute(server, { probes = 1 })
  got.hops = ("%s %s %s"):format(hops[1].error, hops[2].error, hops[3].error)
  middle:down()
  got.cut = select(2, client:connect(server, 80))
end)
old:start(function ()
  local conn = assert(old:connect(server, 80))
  got.old = conn.local_address
  conn:close()
end)

expect("addresses are given out from fd00::1 on", function ()
  return client.address == "fd00::1" and old.address == "10.0.0.3" and got.old:sub(1, 6) == "fd00::"
end)
expect("who has no IPv6 address gets one when it needs it", function ()
  return #seen == 2 and (seen[1] == "fd00::1") ~= (seen[2] == "fd00::1")
end)
expect("a segment has 60 bytes of headers and 12 of options", function () return got.mss == 1428 end)
expect("failures are told", function ()
  return got.refused == "refused" and got.nowhere == "unreachable" and got.cut == "unreachable"
end)
expect("ping and traceroute", function ()
  return got.ping == 1 and got.hops == "time exceeded time exceeded port unreachable"
end)
expect("a topology may have it", function () return seen.dumbbell == 50000 and net.left[1].address:sub(1, 4) == "fd00" end)
