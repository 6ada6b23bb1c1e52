local h1 = host("h1", { tcp = { profile = "linux", mtu_probe_floor = 7848, } })
local h2 = host("h2", { tcp = { profile = "rfc9293", retries_as_time = false, } })
local h3 = host("h3", { tcp = { pacing_ca_ratio = 7.00253, } })
local r1 = nat("r1", { inside = { "h1" } })
do local wire = link(h1, r1, { delay = "50 ms", rate = "64 kbit/s", queue = { kind = "pie" }, loss = "5 %" })
  wire:drop("SYN+ACK#1")
end
do local wire = link(h2, r1, { delay = "300 ms", rate = "64 kbit/s" })
end
do local wire = link(h3, r1, { delay = "1 us", rate = "64 kbit/s", queue = "1 pkt", jitter = { kind = "exponential", mean = "1 ms" }, duplicate = "2 %", corrupt = 0.01 })
  wire:mark("ACK#2+")
end
h1:listen(81, function (conn)
  conn:shutdown()
end)
h3:start(function ()
  sleep("2 s")
  local conn = h3:connect(h1, 81, { timeout = 3 })
  if not conn then return end
  conn:send(65536)
end)
request_response{ from = h3, to = h1, port = 202, requests = 3, response = 65536, tcp = { quick_acks = true, } }
local s1 = h1:udp(5001) h3:start(function () h3:udp():send_to(h1, 5001, "100 kB") end)
stop_at(3)
expect("something", function () return now() >= 0 end)
