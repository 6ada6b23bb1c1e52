-- Two ways to sell ten megabits a second on a link of a hundred.
--
-- Shows: a shaper lets what is too much wait, in a queue; a policer drops it at once. To TCP a policer
-- looks like a path without a queue that loses packets in rows: it needs a bucket of about a
-- bandwidth-delay product, or most of what was bought cannot be used.
-- Try:   -p burst="500 kB", -p burst="3 kB"

local burst = param("burst", "50 kB", "of both buckets", { min = 1600 })

local loads = {}
for _, kind in ipairs { "shaper", "policer" } do
  local sender, receiver = host(kind), host(kind .. "-receiver")
  link(sender, receiver, { rate = "100 Mbit/s", delay = "20 ms", forward = { [kind] = { rate = "10 Mbit/s", burst = burst }, queue = "100 pkt" } })
  loads[kind] = bulk { from = sender, to = receiver, name = kind }
end
at("20 s", function ()
  result("shaped", loads.shaper.bytes * 8 / 20)
  result("policed", loads.policer.bytes * 8 / 20)
end)
stop_at "20 s"

expect("neither gets more than was bought", function ()
  return value "shaped" < 10.2e6 and value "policed" < 10.6e6
end)
expect("shaped TCP gets nearly all of it", function () return value "shaped" > 9e6 end)
trace { timeline = false, pcap = false }
figure "throughput"
