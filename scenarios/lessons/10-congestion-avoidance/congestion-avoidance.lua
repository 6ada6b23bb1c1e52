-- Lesson 10: how a sender finds out what the network carries.
--
-- Shows: the window doubles in each round trip until something is lost (slow start). From then on a
--        loss halves it, and each round trip adds one segment (congestion avoidance). README.md is
--        the lesson's page.
-- Try:   -p queue=3: a shorter queue, and half the window does not fill the wire. -p queue=100: a
--        longer one, and everybody waits. -p delay=100ms: twice the path, and a tooth takes twice as
--        long.

local queue = param("queue", 25, "packets that may wait before the wire", { min = 1, max = 200 })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0.005, max = 0.2 })
local time  = param("time", "20 s", "how long it lasts", { min = 2, max = 60 })

local tcp = { cc = "reno", initial_window = 4, mss = 1000, timestamps = false, delayed_ack = "off",
  send_buffer = "1 MB", receive_buffer = "1 MB" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "2 Mbit/s", delay = delay, queue = queue .. " pkt" })

server:listen(80, function (conn)
  while conn:receive() do end
end)
local losses = 0
client:start(function ()
  local conn = assert(client:connect(server, 80))
  for n = 1, 4 do                          -- shortly before the next round trip begins
    at(now() + 2 * delay * (n - 0.01), function ()
      result("round_trip_" .. n, conn.cwnd / conn.mss)
    end)
  end
  conn:on("loss", function () losses = losses + 1 end)
  at(time, function ()
    result("losses", losses)
    result("ssthresh", conn.ssthresh / conn.mss)
    result("round_trip_time", conn.srtt)
    result("used", wire.forward.delivered_bytes * 8 / 2e6 / time)
    conn:abort()
  end)
  while conn:send "1 MB" do end
end)

expect("slow start doubles the window in each round trip, while nothing is lost", function ()
  return value "round_trip_2" == 8 and value "round_trip_3" == 16 or
    queue < 16 or delay < 0.04
end)
figure "cwnd"
figure("queue", { link = "client>server" })
