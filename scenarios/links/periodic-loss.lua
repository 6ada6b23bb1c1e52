-- Every so many packets one is lost: the sawtooth of the textbook.
--
-- Shows: with losses that are evenly apart the congestion window of Reno is a regular sawtooth
-- between w / 2 and w, where w follows from the packets between two losses, 3/8 w^2 (Mathis et al.,
-- 1997; with delayed ACKs off, as the formula has it). The formula leaves out the round trip that a
-- loss takes to be repaired, and in which the window does not grow.
-- Try:   -p every=100, -p every=200

local every = param("every", 400, "packets from one loss to the next", { min = 20, max = 1000000 })

local sender   = host("sender", { tcp = { cc = "reno", profile = "rfc9293", sack = true } })
local receiver = host("receiver", { tcp = { profile = "rfc9293", delayed_ack = 0, sack = true, receive_buffer = "4 MB" } })
link(sender, receiver, { rate = "100 Mbit/s", delay = "25 ms", queue = "1000 pkt",
  forward = { loss = { kind = "periodic", every = every } } })
local load = bulk { from = sender, to = receiver }
at("30 s", function ()
  result("throughput", load.bytes * 8 / 30)
  result("formula", 1460 * 8 / 0.05 * math.sqrt(3 / 2 * every))
end)
stop_at "30 s"

expect("the throughput is that of the formula within 20 %", function ()
  return math.abs(value "throughput" / value "formula" - 1) < 0.2
end)
trace { timeline = false, pcap = false }
figure "cwnd"
