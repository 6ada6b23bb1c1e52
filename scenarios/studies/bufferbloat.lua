-- What does a longer queue bring, and what does it cost?
--
-- Shows: the goodput of one long transfer, and how long a small request beside it takes, against the
-- length of the queue in front of a 10 Mbit/s link with a round trip of 40 ms. From half a
-- bandwidth-delay product on (17 packets here) the link is busy nearly all the time, and each packet
-- more only makes others wait: a full queue of 1,000 packets is 1.2 s, and a request stands in it twice
-- (the SYN-ACK, the answer). CUBIC fills what there is sooner than Reno; nothing that waits for a
-- loss can know better.
-- Try: -p queue="10 pkt", -p queue="1000 pkt", -p cc=reno; and all of it:
--   roundtrip sweep scenarios/studies/bufferbloat.lua
local queue = param("queue", "100 pkt", "packets that wait for the link at most", { min = 1 })
local cc    = param("cc", "cubic", "congestion control of the transfer")
local time  = param("time", "3 s", "of the measurement", { min = 1 })
local warm  = param("warm", "2 s", "before it", { min = 0 })

local server = host("server", { tcp = { cc = cc, send_buffer = "4 MB" } })
local home   = host("home", { tcp = { receive_buffer = "4 MB" } })
link(server, home, { rate = "10 Mbit/s", delay = "20 ms", queue = queue .. " pkt" })

server:listen(80, function (conn) while conn:send "1 MB" do end end)
server:listen(81, function (conn)          -- the small request: a packet there, a packet back
  conn:receive(100)
  conn:send(100)
  conn:receive_all()
  conn:close()
end)

local received, before = 0, 0
home:start(function ()
  local conn = assert(home:connect(server, 80))
  for count in function () return conn:receive() end do received = received + count end
end)
at(warm, function () before = received end)
at(warm + time, function ()
  result("goodput", (received - before) * 8 / time)
  stop()
end)

local sum, count = 0, 0
home:start(function ()
  sleep(warm)
  while true do
    sleep(random.uniform(0.1, 0.3))
    local start = now()
    local conn = home:connect(server, 81)
    if conn then
      conn:send(100)
      if conn:receive(100) then
        sum, count = sum + (now() - start), count + 1
        result("request", sum / count)
      end
      conn:close()
    end
  end
end)

expect("the link is used", function () return value "goodput" > 5e6 end)
figure "cwnd"

study {
  vary = { "cc=cubic,reno", "queue=5pkt..1000pkt:log:8", "time=20s", "warm=5s" },
  seeds = 6,
  figures = {
    { "lines", file = "request", x = "queue", y = "request", by = "cc", log = "x",
      xlabel = "Queue", ylabel = "Time of a small request", yunit = "ms" },
    { "lines", file = "goodput", x = "queue", y = "goodput", by = "cc", log = "x",
      xlabel = "Queue", ylabel = "Goodput", yunit = "Mbit/s" },
  },
}
