-- A rate that follows a trace, in the format of Mahimahi.
--
-- Shows: each line of the trace is a time in milliseconds at which 1,500 bytes may leave, and the file is
--        repeated without end: here three chances within seven milliseconds, and one after a gap of 13,
--        which makes 2.4 Mbit/s on average. Small packets share a chance, one that is larger takes several; a chance that
--        nobody uses is lost. Every packet waits for its chance: the delay swings by the gap.
-- Try:   -p size=300, -p rate="1 Mbit/s".

local size = param("size", 1500, "bytes of a datagram", { min = 60, max = 1500 })
local rate = param("rate", "2 Mbit/s", "at which they are sent")

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { forward = { rate = { trace = "bursty.trace" }, delay = "5 ms", queue = "1000 pkt" } })
local stream = cbr { from = sender, to = receiver, rate = rate, size = size, ["until"] = 10 }

expect("everything arrives, as long as the trace has room for it", function ()
  return rate > 2.4e6 or stream.received == stream.sent
end)
expect("no more than the trace lets pass in ten seconds and the rest of the queue", function ()
  return wire.forward.delivered_bytes <= 2.4e6 / 8 * 12
end)
expect("the mean rate is that of the trace", function () return wire.forward.rate == 2400000 end)
trace { timeline = false, pcap = false, interval = "5 ms" }
figure("throughput", { to = "0.2 s" })
