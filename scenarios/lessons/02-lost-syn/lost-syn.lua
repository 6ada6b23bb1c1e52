-- Lesson 2: one packet of the handshake is lost.
--
-- Shows: nobody tells the client that its SYN is gone. It has measured no round trip yet, so it waits
--        for one second (RFC 6298) and sends the same SYN again. README.md is the lesson's page.
-- Try:   lose the answer: -p lost=SYN+ACK. Lose the last of the three: -p lost=client>ACK. A
--        shorter path: -p delay=5ms; the second stays.

local lost  = param("lost", "SYN", "which packet, the first of its kind",
                    { choices = { "SYN", "SYN+ACK", "client>ACK" } })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

wire:drop(lost .. "#1")

server:listen(80, function ()
  result("server_connected", now())
end)

client:start(function ()
  assert(client:connect(server, 80))
  result("client_connected", now())
end)

expect("the client loses a second, or, when only its ACK is lost, nothing", function ()
  local waited = lost == "client>ACK" and 0 or 1
  return math.abs(value "client_connected" - (waited + 2 * delay)) < 1e-9
end)
expect("the server loses about a second in any case", function ()
  local late = value "server_connected" - 3 * delay
  return late > 1 - 1e-9 and late < 1 + 2 * delay + 1e-9
end)
figure "ladder"
