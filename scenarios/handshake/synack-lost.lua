-- A three-way handshake whose SYN+ACK is lost.
--
-- Shows: both ends keep a timer. The client repeats its SYN one second after it sent it; the
-- server would repeat its SYN+ACK one second after that. Without jitter both come to the same
-- moment: the repeated SYN reaches the server just when its timer is due, is answered at once, and
-- the timer starts again.
-- Try:   -p server_rto=950ms: the server's timer is first, two SYN+ACKs come back, and the client
--        acknowledges the second although it is connected (a challenge ACK, RFC 5961): it cannot
--        know whether the server has its first ACK. On the server, tcp = { profile = "rfc9293" }:
--        a bare ACK answers the repeated SYN, as the standard's text has it.

local delay      = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local server_rto = param("server_rto", "1 s", "the server's first time-out", { min = 0.001 })

local client = host "client"
local server = host("server", { tcp = { initial_rto = server_rto } })
local wire   = link(client, server, { delay = delay })

wire:drop "SYN+ACK#1"

server:listen(80)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("connect_time", conn.connect_time)
  sleep "1 s"
  result("segments_received", conn:info().segments_received)
end)

expect("the first timer and the rest of a round trip", function ()
  local first = math.min(1, server_rto)
  return math.abs(value "connect_time" - (first + 2 * delay)) < 0.001
end)
expect("one SYN+ACK comes back, or two when the server's is too late to stop the SYN", function ()
  local both = server_rto < 1 and server_rto + 2 * delay > 1
  return value "segments_received" == (both and 2 or 1)
end)
figure "ladder"
