-- Datagrams at a constant rate, steadily and by turns.
local a, b = host "a", host "b"
local wire = link(a, b, { rate = "10 Mbit/s", delay = "10 ms" })
local steady = cbr { from = a, to = b, rate = "1 Mbit/s", size = 1000, ["until"] = 10 }
local turns = on_off { from = a, to = b, rate = "2 Mbit/s", size = 500, on = "100 ms", off = "300 ms", start = 1, ["until"] = 9, name = "turns" }
local random = on_off { from = b, to = a, rate = "1 Mbit/s", on = { kind = "exponential", mean = "0.2 s" },
  off = { kind = "pareto", mean = "0.2 s", shape = 1.5 }, ["until"] = 10 }
at(5, function () wire.forward.loss = { kind = "periodic", every = 10 } end)
expect("a packet each 8 ms", function () return steady.sent == 1250 and steady.received < 1250 and steady.received > 1150 end)
expect("a quarter of the time", function () return turns.sent == 20 * 50 and turns.name == "turns" end)
expect("half of the time, about", function () return random.sent > 200 and random.sent < 833 and random.received == random.sent end)
expect("payload is counted", function () return random.bytes == random.received * 1472 end)
