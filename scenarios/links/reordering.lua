-- Packets that let others pass.
--
-- Shows: a packet that comes up to two places late is no matter: the duplicate ACKs it causes are too
-- few. Further back it looks lost and is sent again for nothing. RACK (RFC 8985) learns from the
-- duplicate SACK that comes of it how long it has to wait on this path, and takes the cut back.
-- Try:   -p distance=2, -p rack=false, -p share=0.1

local distance = param("distance", 8, "packets that pass the one that is held", { min = 1, max = 100 })
local share    = param("share", "2 %", "probability that a packet is held", { min = 0, max = 1 })
local rack     = param("rack", true, "losses are found by time, not by counting")

local sender   = host("sender", { tcp = { rack = rack, tail_loss_probe = rack } })
local receiver = host "receiver"
local wire = link(sender, receiver, { rate = "20 Mbit/s", delay = "20 ms", queue = "2000 pkt",
  forward = { reorder = { probability = share, distance = distance } } })
local conn
receiver:listen(80, function (accepted) accepted:receive_all() accepted:close() end)
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:send "4 MB"
  conn:close()
end)

expect("nothing is lost; what was sent again was not needed", function ()
  return wire.forward.dropped_packets == 0 and conn.state == "CLOSED"
end)
expect("a short way back costs next to nothing", function () return distance > 2 or conn.retransmits <= 2 end)
figure "time-sequence"
