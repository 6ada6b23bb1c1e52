-- idle: a million connections that are open and say nothing: what each end of one takes.
local count   = param("count", 1000000, "connections")
local clients = param("clients", 64, "hosts; each has 16,384 ports", { min = 1 })
local net = star { hosts = clients + 1, link = { rate = "10 Gbit/s", delay = "1 ms", queue = "10000 pkt" } }
local server = table.remove(net.hosts)
local load = idle { from = net.hosts, to = server, count = count, gap = "1 us", tcp = { backlog = 10000 } }
expect("all are open", function () return load.completed == count end)
