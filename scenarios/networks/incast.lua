-- Incast: many servers answer at the same moment, in a fat-tree.
--
-- Shows: the answers of all hosts meet at one switch port, whose short queue overflows in a moment. Whole
-- windows are lost, so that nothing is left to tell the sender but its time-out: 200 ms, where the
-- data itself takes a few milliseconds. Larger buffers or a shorter minimum time-out help.
-- Try:   -p min_rto="5 ms", -p queue=500, -p servers=4

local servers = param("servers", 15, "that answer at once", { min = 1, max = 15 })
local queue   = param("queue", 40, "packets that wait at each switch port", { min = 1 })
local min_rto = param("min_rto", "200 ms", "least retransmission time-out", { min = 0.001 })

local net = fat_tree { k = 4, link = { rate = "1 Gbit/s", delay = "5 us", queue = queue .. " pkt" }, tcp = { min_rto = min_rto } }
local senders = table.move(net.hosts, 2, servers + 1, 1, {})
local answers = bulk { from = senders, to = net.hosts[1], bytes = "100 kB", count = servers, name = "answers" }

expect("all answers arrive", function () return answers.completed == servers end)
expect("by one link it takes at least its time", function ()
  return answers.max_fct > (servers * 100000 * 8 / 1e9)
end)
-- The queue fills in a millisecond: the links are looked at often, and not through a minute of TIME-WAIT.
every("1 ms", function () if answers.completed == servers then stop() end end)
trace { timeline = false, pcap = false, interval = "200 us" }
figure("queue", { link = "edge1-1>host1", to = "10 ms", width = "double" })
figure "fct-cdf"
figure "topology"
