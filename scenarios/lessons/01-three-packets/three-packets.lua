-- Lesson 1: three packets open a connection.
--
-- Shows: the client's SYN, the server's SYN+ACK, the client's ACK. The client may send after one
--        round trip, the server knows half a round trip later. README.md is the lesson's page.
-- Try:   a path across an ocean: -p delay=80ms. A satellite: -p delay=270ms. Other numbers to begin
--        with: -s 2, and look at them with `roundtrip show --raw`.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

server:listen(80, function ()
  result("server_connected", now())
end)

client:start(function ()
  assert(client:connect(server, 80))
  result("client_connected", now())
end)

expect("the client is connected after one round trip", function ()
  return math.abs(value "client_connected" - 2 * delay) < 1e-9
end)
expect("the server half a round trip later", function ()
  return math.abs(value "server_connected" - 3 * delay) < 1e-9
end)
expect("three packets are enough", function ()
  return wire.forward.sent_packets == 2 and wire.backward.sent_packets == 1
end)
figure "ladder"
