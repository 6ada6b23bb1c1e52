-- A loss model of one's own: a function that is asked about every packet.
--
-- Shows: what no ready model does, here a wire that loses long packets more easily than short ones and
--        nothing at all in the first second. The function looks at the packet and at the time and
--        says whether it is lost; it may draw random numbers, but not wait.
-- Try:   -p per_kilobyte=0.05, other random numbers: -s 2.

local per_kilobyte = param("per_kilobyte", 0.01, "probability of a loss, for each 1,000 bytes", { min = 0, max = 0.5 })

local sender, receiver = host "sender", host "receiver"
local asked, lost_small, lost_large = 0, 0, 0
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms", loss = function (packet)
  asked = asked + 1
  local lost = now() >= 1 and random.chance(per_kilobyte * packet.size / 1000)
  if lost and packet.len == 0 then lost_small = lost_small + 1 end
  if lost and packet.len > 0 then lost_large = lost_large + 1 end
  return lost
end })
local load = bulk { from = sender, to = receiver, bytes = "8 MB" }

expect("the transfer comes to its end", function () return load.completed == 1 end)
expect("every packet of both directions was asked about", function ()
  return asked == wire.forward.sent_packets + wire.backward.sent_packets - wire.forward.dropped_queue
end)
expect("data is lost more easily than acknowledgments", function ()
  return per_kilobyte == 0 or lost_large > 2 * lost_small
end)
trace { timeline = false, pcap = false }
figure "cwnd"
