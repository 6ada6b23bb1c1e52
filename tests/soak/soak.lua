-- Everything at once, for as long as one likes: every loss model, jitter, queue discipline and congestion
-- control, connections that come and go, links that fail, middleboxes, datagrams, both IP versions.
--
-- Shows: nothing: it looks for what only time brings out. Memory has to stay flat, every packet has to be
--        accounted for, and in a hostile build every connection is checked behind everything it does.
-- Try:   tests/soak/soak runs it for long; -p time=60s is what each check does.

local length = param("time", "20 s", "simulated time")

local losses = {
  "0.5 %", { kind = "gilbert-elliott", p = 0.002, r = 0.2 }, { kind = "periodic", every = 211 },
  { kind = "burst", length = 4, p = 0.001 }, { kind = "bit-error", ber = 1e-7 },
  { kind = "list", 50, 51, 400 }, function (packet) return random.chance(0.002) end,
}
local queues = { "30 pkt", "64 KiB", { kind = "red" }, { kind = "codel" }, { kind = "fq-codel" }, { kind = "pie" }, { kind = "drr" },
                 { kind = "priority", classes = { "ACK" } }, { kind = "droptail", packets = 60, mark = 20 } }
local jitters = { false, "3 ms", { kind = "normal", deviation = "1 ms", reorder = true }, { kind = "exponential", mean = "1 ms" } }
local controls = { "cubic", "reno", "bbr", "dctcp", "vegas", "westwood", "ledbat", "tahoe", "newreno" }
local profiles = { "linux", "rfc9293", "bsd44", "reno-1990" }

local core = { router "core1", router "core2", router "core3" }
local ring = {}
for i = 1, 3 do
  ring[i] = link(core[i], core[i % 3 + 1], { rate = "200 Mbit/s", delay = "5 ms", queue = queues[i] })
end
local home = nat("home", { inside = { "h1", "h2" } })
local wall = firewall("wall", { inside = { "h3" }, rules = {} })
link(home, core[1], { rate = "100 Mbit/s", delay = "1 ms" })
link(wall, core[2], { rate = "100 Mbit/s", delay = "1 ms" })

local clients, servers, wires = {}, {}, {}
for i, cc in ipairs(controls) do
  local options = { profile = profiles[i > 5 and 1 or (i - 1) % 2 + 1], cc = cc, ecn = i % 3 == 0 and "on" or nil }
  local host = host("h" .. i, { tcp = options })
  local near = i <= 2 and home or i == 3 and wall or core[i % 3 + 1]
  local jitter = jitters[i % #jitters + 1]
  wires[i] = link(host, near, {
    rate = "50 Mbit/s", delay = i .. " ms", queue = queues[i % #queues + 1], loss = losses[i % #losses + 1],
    jitter = jitter or nil, reorder = i % 4 == 0 and "0.5 %" or nil, duplicate = i % 5 == 0 and "0.2 %" or nil,
    corrupt = i % 6 == 0 and "0.1 %" or nil,
  })
  clients[i] = host
end
for i, profile in ipairs(profiles) do
  servers[i] = host("s" .. i, { tcp = { profile = profile } })
  link(servers[i], core[(i - 1) % 3 + 1], { rate = "100 Mbit/s", delay = "2 ms", queue = queues[i + 4] })
end

-- Loads in C: long flows, requests, connections that come and go, datagrams.
bulk{ from = clients, to = servers, port = 1000, bytes = "3 MB", count = 100000000, gap = { kind = "exponential", mean = 0.4 } }
poisson{ from = clients, to = servers, port = 1001, rate = 60, size = { kind = "pareto", mean = 20000, shape = 1.3 } }
request_response{ from = clients, to = servers, port = 1002, requests = 20, request = 300, response = 8000,
                  think = { kind = "exponential", mean = 0.02 }, count = 100000000, gap = 0.3 }
on_off{ from = clients[4], to = servers[2], rate = "2 Mbit/s", size = 700, on = 0.5, off = 0.5 }

-- Lua: applications that open, write, reset, vanish; links that fail and come back.
for i, server in ipairs(servers) do
  server:listen(80, function (conn)
    if random.chance(0.1) then conn:abort() return end
    conn:receive()
    conn:send(random.integer(1, 60000))
    conn:close()
  end)
end
for i, client in ipairs(clients) do
  client:start(function ()
    while true do
      sleep(random.exponential(0.3))
      local conn = client:connect(servers[random.integer(1, #servers)], 80, { timeout = 5 })
      if conn then
        conn:write "give me something"
        if random.chance(0.05) then conn:vanish() else
          conn:receive_all()
          conn:close()
        end
      end
    end
  end)
end
every("1700 ms", function ()
  local wire = wires[random.integer(1, #wires)]
  wire:down()
  sleep "150 ms"
  wire:up()
end)
every("2300 ms", function ()
  local wire = ring[random.integer(1, 3)]
  wire:pause()
  sleep "40 ms"
  wire:resume()
end)
stop_at(length)

expect("the flows go on", function () return true end)
trace { timeline = false, tcp = false, links = false, pcap = false }
