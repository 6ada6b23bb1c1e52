-- A link on the way fails, and packets take the longer one.
--
-- Shows: what is on the link when it is cut is lost, and so is a round trip's worth of time until TCP
-- knows; then the longer way carries on with a longer round trip. When the link comes back, the first
-- packets over it overtake those still on the long way, which looks like reordering.
-- Try:   -p back=false, -p detour="100 ms"

local detour = param("detour", "40 ms", "one-way delay of the longer way", { min = 0.001 })
local back   = param("back", true, "the link comes back after three seconds")

local sender, receiver = host "sender", host "receiver"
local a, b, c = router "a", router "b", router "c"
link(sender, a, { rate = "100 Mbit/s", delay = "1 ms" })
local direct = link(a, b, { rate = "10 Mbit/s", delay = "10 ms" })
local long = link(a, c, { rate = "10 Mbit/s", delay = detour / 2 })
link(c, b, { rate = "10 Mbit/s", delay = detour / 2 })
link(b, receiver, { rate = "100 Mbit/s", delay = "1 ms" })
local load = bulk { from = sender, to = receiver, bytes = "8 MB" }
at(2, function () direct:down() end)
at(5, function () if back then direct:up() end end)

expect("the transfer survives", function () return load.completed == 1 and load.failed == 0 end)
expect("the longer way was used", function () return long.forward.delivered_packets > 100 end)
expect("something was lost with the link", function () return direct.forward.dropped_down > 0 end)
trace { timeline = false, pcap = false, interval = "100 ms" }
figure("throughput", { link = ">b" })
figure "topology"
