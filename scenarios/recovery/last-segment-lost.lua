-- The last segment of a reply is lost.
--
-- Shows: nothing comes behind it, so no duplicate ACK can tell. The sender probes: when nothing has
-- come back for two round trips (for a lone segment 200 ms more, so that a delayed ACK is no
-- reason, and never later than the time-out) it sends the last segment once more (tail-loss probe,
-- RFC 8985). It fills the hole, and nothing else was lost. That the probe was needed shows only
-- with the next ACK of something newer: here that of the FIN, and only then is cwnd cut (RFC 8985
-- 7.4.2), for a connection that is over.
-- Try:   -p probe=false: the time-out repairs it instead. It comes no later here, but the window
--        starts again from one segment. -p lost=3: the last three are lost. The probe draws a SACK,
--        and that shows the other two.

local cc    = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local probe = param("probe", true, "tail-loss probe")
local lost  = param("lost", 1, "how many at the end are lost", { min = 1, max = 10 })

local client = host("client", { tcp = { cc = cc, tail_loss_probe = probe } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

wire:drop(("client>DATA#%d-30"):format(31 - lost))

server:listen(80, function (conn)
  local count = conn:receive(30 * 1448)
  result("received", count)
  result("complete_at", now())
  conn:close()
end)
local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("timeout", function () note "time-out" end)
  sender:on("loss", function () note "fast recovery" end)
  sender:send(30 * 1448)
  sleep "1 s"
  result("cwnd_after", sender.cwnd / sender.mss)
  result("retransmits", sender.retransmits)
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 30 * 1448 end)
expect("what was lost is sent again", function () return value "retransmits" == lost end)
expect("by a probe, without a time-out, or by one when nobody probes", function ()
  return sender.timeouts == (probe and 0 or 1)
end)
expect("a lone lost segment does not cost the window, a time-out does", function ()
  if not probe then return value "cwnd_after" < 10 end
  return lost > 1 or value "cwnd_after" >= 39
end)
figure "time-sequence"
figure "cwnd"
