-- Three segments of one window are lost.
--
-- Shows: SACK tells the sender of every hole at once. Segments 20, 22 and 24 were all sent before
-- segment 25, whose SACK has come back, so all three are believed lost together (RACK, RFC 8985)
-- and sent again one after the other, as fast as the shrinking window lets them out. One round
-- trip repairs all.
-- Try:   -p sack=false: duplicate ACKs tell of the first hole only. Each further one is learnt when
--        the one before it is filled: a round trip for each (NewReno, RFC 6582).
--        -p cc=cubic: the window comes down less, and the holes are filled sooner.

local cc   = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local sack = param("sack", true, "the receiver may say what it has beyond a hole")

local client = host("client", { tcp = { cc = cc, sack = sack } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

wire:drop "client>DATA#20,22,24"

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  conn:close()
end)
local sender
local recoveries = 0
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("loss", function ()
    recoveries = recoveries + 1
    result("loss_at", now())
  end)
  sender:on("recovered", function () result("recovered_at", now()) end)
  sender:send "430 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 430000 end)
expect("three segments are sent again, each once", function () return sender.retransmits == 3 end)
expect("in one recovery, without a time-out", function ()
  return recoveries == 1 and sender.timeouts == 0
end)
expect("a round trip repairs them all; or each, when SACK is off", function ()
  local rounds = (value "recovered_at" - value "loss_at") / 0.1
  return sack and rounds < 1.5 or not sack and rounds > 2.5
end)
figure "time-sequence"
figure "cwnd"
