-- The Gilbert-Elliott model with all of its four parameters.
--
-- Shows: a good state and a bad one. A packet turns good into bad with probability p, bad into good with
--        r; in the good state k of the packets pass and in the bad one h. A share p / (p + r) of the
--        time is bad, so that with p = 1 %, r = 25 %, h = 0 and k = 1 (Gilbert's model) 3.846 % are
--        lost, in bursts of four on average.
-- Try:   -p h=0.5 (the bad state loses every other packet), -p k=0.999 (the good one loses some, too),
--        other packets: -s 2.

local p = param("p", "1 %",  "good to bad", { min = 0.0001, max = 1 })
local r = param("r", "25 %", "bad to good", { min = 0.0001, max = 1 })
local h = param("h", 0,      "what passes in the bad state", { min = 0, max = 1 })
local k = param("k", 1,      "what passes in the good state", { min = 0, max = 1 })

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "100 Mbit/s", delay = "10 ms",
  forward = { loss = { kind = "gilbert-elliott", p = p, r = r, h = h, k = k } } })
local stream = cbr { from = sender, to = receiver, rate = "12 Mbit/s", size = 1500, ["until"] = 60 }

local bad = p / (p + r)
local expected = bad * (1 - h) + (1 - bad) * (1 - k)
at(61, function ()
  result("lost", wire.forward.dropped_loss / stream.sent)
  result("formula", expected)
end)

expect("60,000 packets lose the share of the formula within 10 %", function ()
  return math.abs(value "lost" / value "formula" - 1) < 0.1
end)
trace { timeline = false, pcap = false, interval = "500 ms" }
figure "throughput"
