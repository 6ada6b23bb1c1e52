-- One segment is lost, and the receiver can only repeat its ACK.
--
-- Shows: without SACK each duplicate ACK says no more than "something arrived that is not what I
-- wait for". That is enough for one loss: the third makes the sender send the first unacknowledged
-- segment again (fast retransmit, RFC 5681), and every further one stands for a segment that has
-- left the network, so that new data can follow. Compare with one-loss.lua: the same packets.
-- Try:   -p losses=3: now SACK is missed. Each hole is learnt only when the one before it is
--        filled, and costs a round trip (NewReno, RFC 6582).

local cc     = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local losses = param("losses", 1, "segments lost: 20, 22, 24 ...", { min = 1, max = 5 })

local client = host("client", { tcp = { cc = cc, sack = false } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

for i = 0, losses - 1 do wire:drop("client>DATA#" .. 20 + 2 * i) end

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  conn:close()
end)
local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("loss", function (conn)
    result("loss_at", now())
    result("duplicate_acks", conn:info().duplicate_acks)
  end)
  sender:on("recovered", function () result("recovered_at", now()) end)
  sender:send "430 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 430000 end)
expect("the third duplicate ACK tells", function () return value "duplicate_acks" == 3 end)
expect("what was lost is sent again, once", function () return sender.retransmits == losses end)
expect("without a time-out", function () return sender.timeouts == 0 end)
expect("a round trip for each loss", function ()
  local time = value "recovered_at" - value "loss_at"
  return time > losses * 0.1 and time < losses * 0.12
end)
figure "time-sequence"
figure "cwnd"
