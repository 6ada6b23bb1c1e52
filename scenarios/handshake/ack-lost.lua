-- A three-way handshake whose third packet is lost.
--
-- Shows: the client believes it is connected, the server does not. The client's first data carries
-- the same acknowledgement and repairs it without anybody waiting for a timer. A client that stays
-- silent is asked again: the server repeats its SYN+ACK after one second.
-- Try:   -p talks=false, and see who repairs it now.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local talks = param("talks", true, "the client sends at once")

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

wire:drop "client>ACK#1"

server:listen(80, function (conn)
  result("accepted_at", now())
  conn:receive()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  if talks then conn:send(100) end
  result("connect_time", conn.connect_time)
end)

expect("the client is connected after one round trip all the same", function ()
  return math.abs(value "connect_time" - 2 * delay) < 1e-9
end)
expect("the server follows with the data, or with its SYN+ACK's timer", function ()
  local wait = talks and 3 * delay or 1 + 3 * delay
  return math.abs(value "accepted_at" - wait) < 0.001
end)
figure "ladder"
