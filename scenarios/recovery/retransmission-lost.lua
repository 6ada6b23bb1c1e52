-- A segment is lost, and its retransmission too.
--
-- Shows: duplicate ACKs cannot tell that a retransmission is lost: they repeat the same number as
-- before. Time can: what was sent after the retransmission has arrived, so the retransmission, sent
-- earlier on the same way, should have (RACK, RFC 8985). It goes out again after one more round
-- trip. The window is not cut twice: it is the same congestion.
-- Try:   -p rack=false: nothing but the time-out is left, and the window starts again from one
--        segment. -p times=2: one round trip more. -p times=3: by then the receiver's window is
--        full, nothing new may follow the retransmission and tell of its loss: the time-out again.

local cc    = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local rack  = param("rack", true, "losses are found by time")
local times = param("times", 1, "how often the retransmission is lost", { min = 1, max = 10 })

local client = host("client", { tcp = { cc = cc, rack = rack } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

wire:drop "client>DATA#20"
wire:drop(("client>REXMIT#1-%d"):format(times))

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
    result("ssthresh", conn.ssthresh / conn.mss)
  end)
  sender:on("recovered", function (conn)
    result("recovered_at", now())
    result("cwnd_after", conn.cwnd / conn.mss)
  end)
  sender:on("timeout", function () note "time-out" end)
  sender:send "430 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 430000 end)
expect("each loss of the segment is repaired, and nothing else", function ()
  return sender.retransmits == 1 + times
end)
local told = rack and times < 3           -- by time: else there is nothing but the time-out
expect("without a time-out, where time tells", function () return (sender.timeouts == 0) == told end)
expect("a round trip for each, or longer", function ()
  local time, most = value "recovered_at" - value "loss_at", (1 + times) * 0.12
  if not told then return time > most end
  return time > (1 + times) * 0.1 and time < most
end)
expect("the window is cut once, and a time-out begins with a small one", function ()
  if not told then return value "cwnd_after" < value "ssthresh" end
  return value "cwnd_after" == value "ssthresh"
end)
figure "time-sequence"
figure "cwnd"
