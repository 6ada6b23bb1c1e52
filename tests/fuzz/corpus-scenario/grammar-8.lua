local h1 = host("h1", { tcp = { profile = "rfc9293", backlog_max = 4761, receive_memory = 67601, syn_backlog = 64, } })
local h2 = host("h2", { tcp = { profile = "linux", minshall = false, retries = 1e308, timestamps = false, } })
local h3 = host("h3", { tcp = { profile = "bsd44", reset_beyond_hole = false, rfc1337 = false, } })
local h4 = host("h4", { tcp = { profile = "bsd44", defer_accept = 914.458, } })
local r1 = router "r1"
local r2 = router "r2"
do local wire = link(r1, r2, { delay = 0, rate = "64 kbit/s", loss = { kind = "gilbert-elliott", p = 0.01, r = 0.2 }, duplicate = "2 %", corrupt = math.mininteger })
  at(0, function () wire:down() sleep("500 ms") wire:up() end)
end
do local wire = link(h1, r1, { delay = 0, rate = "10 Mbit/s", reorder = 0.2, duplicate = "2 %", corrupt = "2 %" })
end
do local wire = link(h2, r1, { delay = "10 furlongs", rate = 1e6, duplicate = 0.01, corrupt = 0 })
  wire:damage("SYN#1")
end
do local wire = link(h3, r2, { delay = 0, rate = "64 kbit/s", queue = "100 pkt" })
end
do local wire = link(h4, r1, { delay = "300 ms", queue = { kind = "priority", classes = { "SYN", "ACK" } }, loss = 0, reorder = "2 %", duplicate = 0.2, corrupt = 0.01 })
  wire:mark("DATA#2-4")
end
h2:listen(81, function (conn)
  result("cwnd", conn.cwnd)
  conn:write "some text"
end)
h2:start(function ()
  sleep(0)
  local conn = h2:connect(h2, 81, { timeout = 3 })
  if not conn then return end
  result("cwnd", conn.cwnd)
end)
stop_at(3)
expect("something", function () return now() >= 0 end)
