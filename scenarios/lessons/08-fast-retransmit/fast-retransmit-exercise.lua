-- Exercise 8: how near to the end may a loss be?
--
-- The client sends ten segments and one of them is lost. Is it the last, nothing is behind it that
-- could tell, and the timer has to fire. Find the last segment whose loss is repaired without the
-- timer.

local lost = 10                            -- change this

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, sack = false,
  initial_window = 10, delayed_ack = "off" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "1 Mbit/s", delay = "50 ms" })

wire:drop("client>DATA#" .. lost)

local sender
server:listen(80, function (conn)
  conn:receive(10000)
  result("complete", now())
end)
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:send(10000)
end)

expect("repaired without a time-out (how often must an ACK be repeated, and by what?)",
  function () return sender.timeouts == 0 end)
expect("a segment is lost (there are ten)", function () return sender.retransmits > 0 end)
expect("the last such segment (the loss of the one behind it would need the timer)",
  function () return lost >= 7 end)
figure("ladder", { fields = "seq,ack", width = "double" })
