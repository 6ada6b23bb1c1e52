-- A link with bit errors loses long packets more often than short ones.
--
-- Shows: of a packet of n bits 1 - (1 - ber)^n are lost. On a link that is as bad as this one a
-- smaller segment gets through more often, and the largest is not the fastest.
-- Try:   -p ber=1e-6, -p mss=400

local ber = param("ber", 1e-5, "probability that a bit is wrong", { min = 0, max = 0.001 })
local mss = param("mss", 1460, "bytes in a segment", { min = 88, max = 1460 })

local sender   = host("sender", { tcp = { mss = mss } })
local receiver = host("receiver", { tcp = { mss = mss } })
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "5 ms", loss = { kind = "bit-error", ber = ber } })
local load = bulk { from = sender, to = receiver }
stop_at "20 s"

expect("the share of lost data packets is that of their length", function ()
  local expected = 1 - (1 - ber) ^ (8 * (mss + 40))
  local seen = wire.forward.dropped_loss / wire.forward.sent_packets
  return ber == 0 or math.abs(seen / expected - 1) < 0.25
end)
expect("acknowledgments are lost less often", function ()
  return ber == 0 or wire.backward.dropped_loss / wire.backward.sent_packets < wire.forward.dropped_loss / wire.forward.sent_packets
end)
trace { timeline = false, pcap = false }
figure "cwnd"
