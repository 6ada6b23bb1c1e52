-- star: one router with many hosts, each of which opens a connection to another now and then: what
-- setting up costs, and what a hop does in a large network.
local hosts = param("hosts", 100000, "around the router", { min = 2 })
local flows = param("flows", 100000, "connections")
local net = star { hosts = hosts, link = { rate = "1 Gbit/s", delay = "50 us" } }
local load = poisson { from = net.hosts, to = net.hosts, rate = 100000, size = 10000, count = flows,
  tcp = { time_wait = "10 ms" } }
expect("every flow is over", function () return load.completed == flows end)
