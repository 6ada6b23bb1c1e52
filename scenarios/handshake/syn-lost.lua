-- A three-way handshake whose first SYN is lost.
--
-- Shows: nobody tells the client that its SYN is gone. It has no round-trip time yet, so it waits
-- for the initial time-out of one second (RFC 6298) and sends the same SYN again, same ISN. A
-- single lost packet of 60 bytes costs ten round trips.
-- Try:   lose more of them: wire:drop "SYN#1-3". Linux waits one second for each of the first
--        five, and doubles only then; with tcp = { profile = "rfc9293" } on the client it doubles
--        at once. Give the client tcp = { initial_rto = "3 s" }, as it was before 2011.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = delay })

wire:drop "SYN#1"

server:listen(80, function (conn)         -- a coroutine for each accepted connection
  conn:receive(100)
  conn:send(1000)
  conn:close()
end)

client:start(function ()                   -- an application: a coroutine, from t = 0
  local conn = assert(client:connect(server, 80))
  result("connect_time", conn.connect_time)
  conn:send(100)
  conn:receive_all()
  conn:close()
end)

expect("one RTO, then one round trip", function ()
  return math.abs(value "connect_time" - (1 + 2 * delay)) < 0.001
end)
figure "ladder"
