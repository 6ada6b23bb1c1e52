-- many: ten million short connections over a run; what has gone must leave nothing behind.
local count = param("count", 10000000, "connections")
local rate  = param("rate", 20000, "a second")
local net = star { hosts = 17, link = { rate = "10 Gbit/s", delay = "1 ms", queue = "10000 pkt" },
  tcp = { time_wait = "1 s" } }
local server = table.remove(net.hosts)
local load = poisson { from = net.hosts, to = server, rate = rate, size = 200, count = count,
  server_closes = true }
expect("every connection was served", function () return load.completed == count end)
