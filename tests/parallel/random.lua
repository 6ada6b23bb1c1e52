-- random: a network that is drawn from the seed, with loads of all kinds: what runs on one process
-- and on several has to give the same numbers and the same records (tests/parallel/same).
local draw = math.random
local function pick(list) return list[draw(#list)] end
local routers, hosts = {}, {}
local n_routers, n_hosts = draw(2, 7), draw(4, 16)

local losses = {
  0, 0, 0.01, 0.05, { kind = "gilbert-elliott", p = 0.02, r = 0.3 }, { kind = "periodic", every = 17 },
}
local queues = { "5 pkt", "30 pkt", "100 pkt", "20 kB", "unlimited" }

-- A few times that return, so that events fall together. `plain`: it can be cut.
local function options(plain)
  local o = {
    delay = pick { "100 us", "100 us", "1 ms", "1 ms", "2.5 ms", "7 ms", 0.00013 + random() * 0.003 },
    rate  = pick { "5 Mbit/s", "10 Mbit/s", "100 Mbit/s", "1 Gbit/s" },
    queue = pick(queues), loss = pick(losses), mtu = pick { 1500, 1500, 1500, 576 },
  }
  local kind = plain and 6 or draw(8)
  if kind == 1 then o.delay = 0
  elseif kind == 2 then o.queue = pick { { kind = "red" }, { kind = "codel" }, { kind = "fq-codel" } }
  elseif kind == 3 then o.jitter = { kind = "uniform", low = "0 ms", high = "1 ms" }
  elseif kind == 4 then o.duplicate = 0.01; o.corrupt = 0.01
  elseif kind == 5 then o.forward = { delay = "3 ms", loss = 0.02 } end
  return o
end

for i = 1, n_routers do
  routers[i] = router("r" .. i)
  if i > 1 then
    local wire = link(routers[i], routers[draw(i - 1)], options())
    if draw(6) == 1 then wire:drop "DATA#5-7" end
  end
end
for i = 1, draw(0, 3) do
  local a, b = pick(routers), pick(routers)
  if a ~= b then link(a, b, options()) end
end
local walls = {}
for i = 1, n_hosts do
  hosts[i] = host("h" .. i, { processing = draw(5) == 1 and "10 us" or nil,
    tcp = { cc = pick { "cubic", "reno", "bbr", "dctcp" }, ecn = pick { "off", "on" } } })
  local outer = hosts[i]
  if draw(5) == 1 then
    outer = firewall("f" .. i, { inside = hosts[i], inbound = pick { "accept", "accept", "drop", "reject" },
      stateful = draw(4) > 1, established_timeout = pick { "20 ms", "2 h" },
      rules = draw(2) == 1 and { { pick { "reset", "drop" }, match = pick { "SYN", "DATA", "FIN" }, from = pick(hosts) } } or {} })
    walls[#walls + 1] = outer
    link(hosts[i], outer, options())
  end
  link(outer, pick(routers), options(i <= 3)) -- so that three ranks have something to do
end

local function some()
  local list = {}
  for i = 1, draw(1, #hosts) do list[i] = pick(hosts) end
  return list
end
local function two()
  local a, b = draw(#hosts), draw(#hosts - 1)
  return hosts[a], hosts[b < a and b or b + 1]
end

local loads, streams = {}, {}
for i = 1, draw(2, 7) do
  local kind, a, b = draw(8), two()
  if kind == 1 then
    loads[#loads + 1] = poisson { from = hosts, to = hosts, rate = 200, size = "web-search", count = 40 }
  elseif kind == 2 then
    loads[#loads + 1] = poisson { from = some(), to = hosts, rate = 500, count = 100,
      size = { kind = "exponential", mean = "5 kB" }, response = { kind = "uniform", low = 0, high = 3000 } }
  elseif kind == 3 then
    loads[#loads + 1] = request_response { from = some(), to = { a, b }, gap = pick { "1 ms", "0 ms" }, count = 30,
      server_closes = draw(2) == 1, tcp = { time_wait = "10 ms", initial_rto = "100 ms", syn_retries = 1 } }
  elseif kind == 4 then
    loads[#loads + 1] = bulk { from = a, to = b, bytes = pick { "300 kB", "unlimited" } }
  elseif kind == 5 then
    loads[#loads + 1] = idle { from = some(), to = { a, b } }
  elseif kind == 6 then
    loads[#loads + 1] = request_response { from = some(), to = { a, b }, requests = pick { 3, 20, "unlimited" },
      think = { kind = "exponential", mean = "5 ms" }, request = { kind = "uniform", low = 1, high = 4000 },
      response = { kind = "exponential", mean = "8 kB" }, server_closes = draw(2) == 1 }
  elseif kind == 7 then
    streams[#streams + 1] = cbr { from = a, to = b, rate = "3 Mbit/s", size = pick { 200, 1500, 4000 }, ["until"] = "0.5 s" }
  else
    streams[#streams + 1] = on_off { from = a, to = b, rate = "20 Mbit/s",
      on = { kind = "exponential", mean = "10 ms" }, off = { kind = "exponential", mean = "10 ms" } }
  end
end
if draw(4) == 1 then trace { connections = 20 } end
stop_at(pick { 0.3, 0.7, "1 s" })
-- Of less than all that happens less is told: captures alone, and what needs no packets.
trace(pick {
  {}, {}, { listeners = true, interval = "7 ms", snaplen = "full" }, { timeline = false, pcap = false },
  { timeline = false, tcp = false, links = false }, { timeline = false, links = false, pcap = false },
})

for i, l in ipairs(loads) do
  expect("load " .. i, function ()
    return l.started + l.completed + l.failed + l.bytes + l.mean_fct + l.max_fct + l:fct() + l:fct(0.9) >= 0
  end)
end
for i, w in ipairs(walls) do
  expect("wall " .. i, function () return w.looked_at + w.dropped + w.flows + w.accepted >= 0 end)
end
for i, s in ipairs(streams) do
  expect("stream " .. i, function () return s.sent + s.received + s.bytes >= 0 end)
end
