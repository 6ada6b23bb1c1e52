-- RED against drop-tail: many flows at one queue.
--
-- Shows: a drop-tail queue overflows and hits several flows at the same time; they slow down and speed
-- up together, and the queue swings between full and empty. RED drops a few early and at random: the
-- mean queue is short. Adaptive RED finds the share to drop by itself.
-- Try:   -p queue=droptail, -p queue=red, -p flows=4

local kind  = param("queue", "adaptive", "discipline", { choices = { "droptail", "red", "adaptive" } })
local flows = param("flows", 16, "bulk transfers", { min = 1, max = 100 })

local queue = kind == "droptail" and "120 pkt" or { kind = "red", min = 20, max = 60, limit = 120, adaptive = kind == "adaptive",
  ecn = false }
local net = dumbbell { left = flows, bottleneck = { rate = "20 Mbit/s", delay = "20 ms", queue = queue }, tcp = { cc = "reno" } }
bulk { from = net.left, to = net.right, gap = "50 ms" }
local sum, looks = 0, 0
every("10 ms", function ()
  if now() > 5 then
    sum, looks = sum + net.bottleneck.forward.queue_packets, looks + 1
  end
end)
at("30 s", function ()
  result("mean_queue", sum / looks)
end)
stop_at "30 s"

expect("the link is busy", function ()
  return net.bottleneck.forward.delivered_bytes * 8 / 30 > 18e6
end)
expect("RED keeps the mean queue below its upper threshold; drop-tail fills it", function ()
  if kind == "droptail" then return value "mean_queue" > 60 end
  return value "mean_queue" > 10 and value "mean_queue" < 70
end)
trace { timeline = false, pcap = false }
figure("queue", { link = "r1>r2" })
