-- DCTCP, Reno with marks, and Reno without, each through a queue of its own.
--
-- Shows: the queue marks each packet that finds four or more waiting. Reno halves its window at the
-- first mark, then the queue runs empty and the link idles. DCTCP cuts by half of the fraction that
-- was marked (alpha, a moving average): the queue stays near the threshold and the link busy.
-- Without marks the queue is as long as the receiver's window lets it become, and every packet waits.
-- Try:   -p mark=20: both keep the link busy, with a longer wait. -p mark=1: so small a queue
--        leaves a sixth unused even with DCTCP, and most with Reno.
--        -p ecn=off: nobody asks for marks at Reno's queue. DCTCP asks whatever `ecn` says.

local mark = param("mark", 4, "packets that wait when marking begins", { min = 1, max = 90 })
local ecn  = param("ecn", "on", "whether Reno asks for marks", { choices = { "on", "off" } })
local time = 0.6   -- s

local marking = { kind = "droptail", packets = 100, mark = mark }
local ways = {
  { name = "dctcp",    tcp = { cc = "dctcp" },           queue = marking },
  { name = "reno-ecn", tcp = { cc = "reno", ecn = ecn }, queue = marking },
  { name = "reno",     tcp = { cc = "reno" },            queue = "100 pkt" },
}
for _, way in ipairs(ways) do
  local client, server = host(way.name, { tcp = way.tcp }), host("to-" .. way.name, { tcp = way.tcp })
  local wire = link(client, server, { rate = "20 Mbit/s", delay = "2.5 ms", queue = way.queue })
  way.received, way.waiting, way.samples = 0, 0, 0
  server:listen(80, function (conn)
    for count in function () return conn:receive() end do
      way.received = way.received + count
    end
  end)
  client:start(function ()
    local conn = assert(client:connect(server, 80))
    while conn:send "1 MB" do end
  end)
  every("1 ms", function ()
    if now() < 0.2 then return end   -- slow start is over
    way.waiting = way.waiting + wire.forward.queue_packets
    way.samples = way.samples + 1
  end)
end
at(time, function ()
  for _, way in ipairs(ways) do
    local name = way.name:gsub("-", "_")
    result("goodput_" .. name, way.received * 8 / time)
    result("waiting_" .. name, way.waiting / way.samples)
  end
  stop()
end)

local full = 20e6 * 1448 / 1500
expect("DCTCP keeps the link busy with a queue near the threshold", function ()
  return value "goodput_dctcp" > (mark < 4 and 0.8 or 0.95) * full and value "waiting_dctcp" < mark + 3
end)
expect("the same marks leave Reno less, when they come early", function ()
  return mark > 4 or ecn == "off" or value "goodput_reno_ecn" < value "goodput_dctcp"
end)
expect("Reno without marks keeps a long queue", function ()
  return value "waiting_reno" > 40
end)
figure "cwnd"
