-- Lesson 12: a queue that is always full.
--
-- Shows: a download fills the queue before the slow wire and keeps it full, and whoever else comes
--        waits behind it. README.md is the lesson's page.
-- Try:   -p length=10: a short queue; and, for a server far away, -p length=10 -p delay=80ms: too
--        short. -p kind=codel: long, but it does not stay full. -p kind=fq-codel: one for each flow
--        besides.

local kind   = param("kind", "droptail", "what waits before the wire",
                     { choices = { "droptail", "codel", "fq-codel" } })
local length = param("length", 300, "packets that may wait in it", { min = 5, max = 1000 })
local delay  = param("delay", "20 ms", "one-way propagation delay", { min = 0.005, max = 0.1 })

local queue  = kind == "droptail" and length .. " pkt" or { kind = kind, limit = length }
local server = host("server", { tcp = { send_buffer = "4 MB" } })
local home   = host("home", { tcp = { receive_buffer = "4 MB" } })
link(server, home, { rate = "10 Mbit/s", delay = delay, queue = queue })

local download = bulk { from = server, to = home, start = 2 }

home:start(function ()
  result("ping_alone", home:ping(server, { count = 9, interval = "200 ms" }).mean)
  sleep(3 - now())                         -- the download has begun
  result("ping_beside_it", home:ping(server, { count = 35, interval = "200 ms" }).mean)
  result("download_mbit_s", download.bytes * 8 / (now() - 2) / 1e6)
  stop()
end)

expect("in a long queue one waits, in one that is watched one does not", function ()
  local waits = value "ping_beside_it" - value "ping_alone"
  if kind == "droptail" then return length < 100 or waits > 0.05 end
  return waits < 0.015
end)
trace { timeline = false, pcap = false }
figure("queue", { link = "server>home" })
