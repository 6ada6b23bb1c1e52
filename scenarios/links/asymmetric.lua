-- Everything may differ between the two directions of a link.
--
-- Shows: a downlink of 50 Mbit/s and an uplink that carries only acknowledgments, but too slowly for
--        them: at half as many ACKs as segments, 52 bytes each, 50 Mbit/s down need about 0.9 Mbit/s
--        up. With less the acknowledgments wait, and then the queue of the uplink drops them; the next
--        one says it all again, so that losing some does no harm but makes the sender bursty.
-- Try:   -p up="2 Mbit/s", -p up="200 kbit/s".

local up = param("up", "500 kbit/s", "rate of the uplink", { min = 50000 })

local server, client = host "server", host "client"
local wire = link(server, client, {
  forward  = { rate = "50 Mbit/s", delay = "5 ms",  queue = "1 BDP", overhead = 18 },
  backward = { rate = up,          delay = "25 ms", queue = "20 pkt", loss = "0.1 %" },
})
local load = bulk { from = server, to = client }
at("10 s", function ()
  result("down", load.bytes * 8 / 10)
  result("acks_dropped", wire.backward.dropped_queue)
end)
stop_at "10 s"

expect("a slow uplink loses acknowledgments, a fast one does not", function ()
  return (wire.backward.dropped_queue > 100) == (up < 1e6)
end)
expect("the download survives that", function ()
  return value "down" > math.min(30e6, 30 * up)
end)
trace { timeline = false, pcap = false }
figure "throughput"
