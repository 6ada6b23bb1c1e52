-- A full buffer at a slow link, and its cures.
--
-- Shows: a queue that may hold a second's worth of packets is filled by one bulk transfer and stays
-- full: everyone else waits that second, too (bufferbloat). CoDel, PIE and FQ-CoDel keep the queue at
-- a few milliseconds at no loss of throughput; FQ-CoDel also lets the short answers of others pass.
-- RED keeps it short too, but cuts the slow start short and leaves some of the link unused.
-- Try:   -p queue=codel, -p queue=pie, -p queue=fq-codel, -p queue=red

local kind = param("queue", "droptail", "what waits before the slow link",
  { choices = { "droptail", "red", "codel", "pie", "fq-codel" } })

local queue = kind == "droptail" and { kind = kind, packets = 1000 }
  or kind == "red" and { kind = kind, limit = 1000, adaptive = true } or { kind = kind }
local net = dumbbell { left = 2, bottleneck = { rate = "10 Mbit/s", delay = "20 ms", queue = queue },
  tcp = { receive_buffer = "4 MB" } }
local download = bulk { from = net.left[1], to = net.right[1], name = "download" }
local web = request_response { from = net.left[2], to = net.right[2], name = "web", request = "1 kB", response = "10 kB",
  requests = "unlimited", think = { kind = "exponential", mean = "200 ms" }, start = 1 }
at("30 s", function ()
  result("web_median", web:fct(0.5))
  result("web_99", web:fct(0.99))
end)
stop_at "30 s"

expect("the download takes the link", function ()
  return download.bytes * 8 / 30 > (kind == "red" and 7.5e6 or 8e6)
end)
expect("with a cure an answer takes a few round trips, without one it takes the queue's time", function ()
  if kind == "droptail" then return web:fct(0.5) > 0.3 end
  return web:fct(0.5) < 0.2
end)
trace { timeline = false, pcap = false }
figure("queue", { link = "r1>r2" })
figure "fct-cdf"
