-- One queue for all, or one for each flow.
--
-- Shows: at a shared queue the rates of two TCPs go as the inverse of their round-trip times or worse; FQ-CoDel
-- gives each flow a queue of its own and serves them in turns: both get half.
-- Try:   -p queue=droptail, -p queue=codel, -p queue=drr

local kind = param("queue", "fq-codel", "discipline", { choices = { "droptail", "codel", "fq-codel", "drr" } })

local near, far, server = host "near", host "far", host "server"
local r1, r2 = router "r1", router "r2"
link(near, r1, { rate = "1 Gbit/s", delay = "1 ms" })
link(far, r1, { rate = "1 Gbit/s", delay = "60 ms" })
link(r1, r2, { rate = "20 Mbit/s", delay = "5 ms", queue = { kind = kind } })
link(r2, server, { rate = "1 Gbit/s", delay = "1 ms" })
local first  = bulk { from = near, to = server, name = "near", tcp = { cc = "reno" } }
local second = bulk { from = far, to = server, name = "far", tcp = { cc = "reno" } }
at("40 s", function ()
  result("near_share", first.bytes / (first.bytes + second.bytes))
end)
stop_at "40 s"

expect("by turns both get half; at one queue the near one wins", function ()
  if kind == "fq-codel" or kind == "drr" then return value "near_share" < 0.62 end
  return value "near_share" > 0.55
end)
trace { timeline = false, pcap = false }
figure "throughput"
