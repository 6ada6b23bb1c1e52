-- A flow over three bottlenecks, and one over each.
--
-- Shows: the long flow meets losses at every hop and has the longest round trip, so it gets less than
-- the flows that cross a single hop: TCP is not max-min fair (the parking-lot topology).
-- Try:   -p hops=5, -p cc=cubic

local hops = param("hops", 3, "bottlenecks in a row", { min = 1, max = 20 })
local cc   = param("cc", "reno", "congestion control", { choices = { "reno", "cubic", "vegas" } })

local net = parking_lot { hops = hops, bottleneck = { rate = "10 Mbit/s", delay = "10 ms", queue = "50 pkt" }, tcp = { cc = cc } }
local long  = bulk { from = net.first, to = net.last, name = "long" }
local cross = bulk { from = net.sources, to = net.sinks, name = "cross" }
at("40 s", function ()
  result("long_share", long.bytes / (long.bytes + cross.bytes / hops))
end)
stop_at "40 s"

expect("the links are busy", function ()
  local busy = true
  for _, bottleneck in ipairs(net.bottlenecks) do
    busy = busy and bottleneck.forward.delivered_bytes * 8 / 40 > 8.5e6
  end
  return busy
end)
expect("the long flow gets less than its half", function ()
  return hops == 1 or value "long_share" < 0.5
end)
trace { timeline = false, pcap = false }
figure "throughput"
figure "topology"
