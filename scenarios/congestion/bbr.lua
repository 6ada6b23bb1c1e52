-- Reno, CUBIC and BBR, each alone on the same path with random loss.
--
-- Shows: Reno and CUBIC take each loss for congestion and hold a window far below what the path
-- carries. BBR measures how much the path delivers and how long an empty one takes, and sends by
-- that: a loss changes neither. Its window in the figure is two bandwidth-delay products, an upper
-- bound that its pacing keeps it below. After a loss it is what is in flight, for a round trip, and
-- then what it was. After ten seconds it is four segments for 200 ms (PROBE_RTT), so that the round
-- trip of an empty path is seen again.
-- Try:   -p loss=0: all three fill the path, and Reno and CUBIC its queue too: compare the round
--        trips. -p loss="5 %": BBR loses more of its retransmissions, and little else.
--        -p loss=0 -p queue=10: Reno and CUBIC cannot fill the path with so small a queue.

local loss  = param("loss", "1 %", "probability that a packet towards the server is lost",
                    { min = 0, max = 0.3 })
local queue = param("queue", 100, "packets that may wait at the bottleneck", { min = 1 })
local time  = param("time", "12 s", "how long it lasts", { min = 2, max = 600 })

local goodput = {}
for _, cc in ipairs { "reno", "cubic", "bbr" } do
  local client = host(cc, { tcp = { cc = cc } })
  local server = host("server-" .. cc)
  link(client, server, {
    rate = "2 Mbit/s", delay = "80 ms", queue = queue .. " pkt", forward = { loss = loss },
  })
  goodput[cc] = 0
  server:listen(80, function (conn)
    for count in function () return conn:receive() end do
      goodput[cc] = goodput[cc] + count * 8 / time
    end
  end)
  client:start(function ()
    local conn = assert(client:connect(server, 80))
    at(time - 0.1, function ()
      result("srtt_" .. cc, conn.srtt)
    end)
    while conn:send "1 MB" do end
  end)
end
at(time, function ()
  for _, cc in ipairs { "reno", "cubic", "bbr" } do
    result("goodput_" .. cc, goodput[cc])
  end
  stop()
end)

expect("BBR fills the path, losses or none", function ()
  return value "goodput_bbr" > 0.85 * (1 - loss) * 2e6 * 1448 / 1500
end)
expect("random loss keeps Reno and CUBIC below it", function ()
  return loss < 0.005 or (value "goodput_reno" < 0.8 * value "goodput_bbr" and
                          value "goodput_cubic" < 0.8 * value "goodput_bbr")
end)
expect("only BBR leaves the queue empty", function ()
  return loss > 0 or queue < 100 or
    (value "srtt_bbr" < 0.25 and value "srtt_reno" > 0.3 and value "srtt_cubic" > 0.3)
end)
figure "cwnd"
