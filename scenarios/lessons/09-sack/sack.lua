-- Lesson 9: an ACK that says what has arrived.
--
-- Shows: three segments are lost. By SACK each ACK also says what has come behind the holes, so the
--        client knows all three and sends them again at once. README.md is the lesson's page.
-- Try:   -p sack=false: each ACK names the first hole only, and each hole costs a round trip.
--        -p holes=1: for one it makes no difference. -p sack=false -p holes=2.

local sack  = param("sack", true, "ACKs may say what has arrived beyond a hole")
local holes = param("holes", 3, "how many segments are lost: the 2nd, 4th ...", { min = 1, max = 3 })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0.01, max = 0.09 })

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, sack = sack,
  initial_window = 9, delayed_ack = "off" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "1 Mbit/s", delay = delay })

for hole = 1, holes do wire:drop("client>DATA#" .. 2 * hole) end

local sender
server:listen(80, function (conn)
  conn:receive(9000)
  result("complete", now())
end)
client:start(function ()
  sender = assert(client:connect(server, 80))
  sleep(0.2 - now())
  sender:send(9000)
end)

expect("each is sent again once, and the timer does not fire", function ()
  return sender.retransmits == holes and sender.timeouts == 0
end)
figure("ladder", { from = "0.16 s", fields = "seq,ack,options", width = "double" })
figure("tcptrace", { from = "0.16 s" })
