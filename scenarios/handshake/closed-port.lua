-- A SYN to a port where nobody listens.
--
-- Shows: the answer is a reset, and it acknowledges the SYN: that is how the client knows that it
-- is meant. connect() fails after one round trip with "refused", not after a time-out.
-- Try:   drop the reset: wire:drop "RST#1". What does the client do now? And a firewall that drops
--        every SYN instead of refusing it: handshake/every-syn-lost.lua.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

client:start(function ()
  local conn, reason = client:connect(server, 81)
  note("connect() fails: " .. tostring(reason))
  result("refused_after", now())
  expect("the reason is \"refused\"", conn == nil and reason == "refused")
end)

expect("one round trip", function () return math.abs(value "refused_after" - 2 * delay) < 1e-9 end)
figure "ladder"
