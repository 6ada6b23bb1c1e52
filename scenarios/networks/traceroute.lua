-- Traceroute: how the way to a server is found out, one router at a time.
--
-- Shows: each datagram may pass one router more than the one before. The router at which its TTL
--        ends drops it and says "time exceeded", and so gives away its address. The server itself
--        says "port unreachable", and the search is over.
-- Try:   a router that says nothing, with a rule on the first wire that loses its messages:
--        wire:drop(function (p) return p.protocol == "ICMP" and p.from == "b" end). Three probes a
--        hop, as the real one sends: -p probes=3.

local probes = param("probes", 1, "datagrams a hop", { min = 1, max = 5 })

local laptop = host "laptop"
local server = host "server"
local a, b   = router "a", router "b"
local wire   = link(laptop, a, { rate = "10 Mbit/s", delay = "2 ms" })
link(a, b, { rate = "10 Mbit/s", delay = "10 ms" })
link(b, server, { rate = "10 Mbit/s", delay = "3 ms" })

laptop:start(function ()
  local hops = laptop:traceroute(server, { probes = probes })
  for _, hop in ipairs(hops) do
    note(("%d  %s  %s"):format(hop.ttl, hop.name or "*", hop.error or "no answer"))
  end
  result("hops", #hops)
  result("reached", hops.reached and 1 or 0)
  result("last_rtt", hops[#hops].rtts[1])
end)

expect("two routers and the server", function ()
  return value "hops" == 3 and value "reached" == 1
end)
expect("the last hop is the whole round trip away", function ()
  return math.abs(value "last_rtt" - 0.030) < 0.001
end)
figure "ladder"
