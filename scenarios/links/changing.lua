-- A link that changes while the connection lasts.
--
-- Shows: every option of a link may be assigned at any time. Here the rate falls to a quarter after
--        five seconds, the path gets longer after ten, and from fifteen on some packets are lost: the
--        window of CUBIC follows, not always at once.
-- Try:   -p rate="1 Mbit/s", -p loss="5 %", -p longer="500 ms".

local rate   = param("rate", "5 Mbit/s", "from 5 s on")
local longer = param("longer", "100 ms", "one-way delay from 10 s on", { min = 0 })
local loss   = param("loss", "1 %", "from 15 s on", { min = 0, max = 0.5 })

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "20 Mbit/s", delay = "20 ms" })
local load = bulk { from = sender, to = receiver }
local before = 0
local function phase(name)
  result(name, (load.bytes - before) * 8 / 5)
  before = load.bytes
end
at("5 s",  function () phase "wide"    wire.forward.rate = rate end)
at("10 s", function () phase "narrow"  wire.delay = longer end)
at("15 s", function () phase "long"    wire.forward.loss = loss end)
at("20 s", function () phase "lossy"   end)
stop_at "20 s"

expect("the first five seconds use the wide link", function () return value "wide" > 15e6 end)
expect("then the narrow one is the limit", function () return value "narrow" < 1.1 * rate and value "narrow" > 0.5 * rate end)
expect("losses show", function () return loss == 0 or wire.forward.dropped_loss > 0 end)
trace { timeline = false, pcap = false }
figure "throughput"
