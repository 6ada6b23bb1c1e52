-- Congestion controls on the same path, one at a time.
--
-- Shows: what the window does between losses. Reno rises by one segment each round trip, in a
-- straight line, and falls to half. CUBIC falls to 0.7 and rises fast, flat and fast again, by the
-- time since the loss and not by round trips.
-- Try:   -p cc=reno, -p cc=vegas (which stops before the queue is full), -p cc=westwood, -p cc=tahoe,
--        -p cc=bbr (by what the path carries); -p delay=60ms: the longer the path, the longer Reno needs.
--        -p queue=100: a longer queue, a longer saw, and more delay for everybody.

local cc    = param("cc", "cubic", "congestion control")
local delay = param("delay", "30 ms", "one-way propagation delay", { min = 0 })
local queue = param("queue", 30, "packets that wait before the wire", { min = 1 })

local client = host("client", { tcp = { cc = cc } })
local server = host("server")
link(client, server, { rate = "5 Mbit/s", delay = delay, queue = queue .. " pkt" })

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  at(12, function ()
    result("used", conn.bytes_acked * 8 / (5e6 * 12))
    conn:abort()
  end)
  conn:send "60 MB"
end)

expect("the wire was used", function () return value "used" > 0.5 end)
figure("cwnd", { conn = "client" })
