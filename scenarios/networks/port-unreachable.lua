-- A UDP datagram to a port where nobody listens.
--
-- Shows: UDP opens nothing, so the first datagram just leaves. The server's host has no socket for
--        it and tells the sender in an ICMP message, "port unreachable", which quotes the datagram.
--        A connected socket hears of it at its next call; one that is not connected never does.
-- Try:   a lost message: wire:drop "ICMP#1". The client waits until its own time-out, and knows
--        nothing.

local delay = param("delay", "20 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = delay })

client:start(function ()
  local socket = client:udp()
  socket:connect(server, 4242)
  socket:write "is anybody there?"
  local count, reason = socket:receive_from "2 s"
  result("refused", reason == "refused" and 1 or 0)
  result("after", now())
end)

expect("the socket is told after one round trip", function ()
  return value "refused" == 1 and math.abs(value "after" - 2 * delay) < 0.001
end)
figure "ladder"
