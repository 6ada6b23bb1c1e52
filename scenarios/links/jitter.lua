-- Delays that differ from packet to packet, and what TCP makes of them.
--
-- Shows: as long as packets keep their order, jitter only widens the round-trip times, and with them
-- the time-out, which is their mean and four times their deviation (RFC 6298). When they may overtake each other, late
-- packets look lost: some are retransmitted for nothing, and the window is cut until the receiver's
-- duplicate SACKs show the mistake.
-- Try:   -p reorder=true, -p deviation="1 ms", -p deviation="20 ms"

local deviation = param("deviation", "5 ms", "standard deviation of the delay", { min = 0 })
local reorder   = param("reorder", false, "packets may overtake each other")

local sender, receiver = host "sender", host "receiver"
link(sender, receiver, { rate = "20 Mbit/s", delay = "40 ms", queue = "2000 pkt", forward = { jitter = { kind = "normal", deviation = deviation, reorder = reorder } } })
local watched
receiver:listen(80, function (conn) conn:receive_all() conn:close() end)
sender:start(function ()
  watched = assert(sender:connect(receiver, 80))
  watched:send "4 MB"
  watched:close()
end)

expect("nothing is lost, and without reordering nothing is sent again", function ()
  return watched.state == "CLOSED" and (reorder or watched.retransmits == 0)
end)
figure "cwnd"
