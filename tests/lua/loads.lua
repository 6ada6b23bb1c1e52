-- Loads in C: every kind, every distribution, lists of hosts, and what their objects say.
local clients, servers = {}, {}
local r = router "r"
for i = 1, 3 do
  clients[i], servers[i] = host("c" .. i), host("s" .. i)
  link(clients[i], r, { rate = "100 Mbit/s", delay = "1 ms" })
  link(r, servers[i], { rate = "100 Mbit/s", delay = "1 ms" })
end
local pairs_of = bulk { from = clients, to = servers, bytes = "100 kB", name = "pairs" }
local incast = bulk { from = clients, to = servers[1], bytes = 1000, start = 1, gap = "10 ms" }
local endless = bulk { from = clients[1], to = servers[2], start = 2, tcp = { cc = "reno" } }
local chat = request_response { from = clients[2], to = servers[2], requests = 10, request = 100,
  response = { kind = "uniform", low = 1000, high = 2000 }, think = { kind = "exponential", mean = "50 ms" } }
local flows = poisson { from = clients, to = servers, rate = 100, size = { kind = "pareto", mean = "10 kB", shape = 1.5 },
  count = 100, port = 9000 }
local late = poisson { from = clients[1], to = servers[3], rate = 50, ["until"] = "0.5 s", response = 500,
  size = { kind = "log-normal", mean = "2 kB", sigma = 1.5 }, server_closes = true }
local table_ = poisson { from = clients[3], to = servers[3], rate = 20, count = 20, size = { kind = "empirical", file = "data/sizes.cdf" } }
local web = poisson { from = clients[3], to = servers[1], rate = 5, count = 5, size = "data-mining", start = 4 }
local refused = bulk { from = clients[1], to = servers[1], bytes = 100, start = 3 }
at(2.9, function () for _, c in ipairs(clients) do c:restart() end end)
stop_at(60)
expect("pairs", function () return pairs_of.started == 3 and pairs_of.completed == 3 and pairs_of.bytes == 300000 end)
expect("three to one", function () return incast.completed == 3 end)
expect("endless until its host forgets it", function () return endless.failed == 1 and endless.bytes > 1e6 end)
expect("a talk", function () return chat.completed == 10 and chat.started == 1 and chat.mean_fct > 0.004 and chat.max_fct < 0.02 end)
expect("a hundred flows", function () return flows.completed + flows.failed == 100 and flows:fct(0.5) > 0.006 and flows:fct() == flows:fct(0.5) end)
expect("until half a second", function () return late.started > 10 and late.started < 40 and late.completed == late.started end)
expect("sizes from a file", function () return table_.completed == 20 and table_.bytes <= 20 * 5000 and table_.bytes >= 20 * 1000 end)
expect("sizes from a paper", function () return web.started == 5 and web.bytes > 5 * 1460 end)
expect("names", function () return pairs_of.name == "pairs" and incast.name == "bulk-2" and tostring(incast) == "load bulk-2" end)
