-- The silly window: a reader that takes little at a time must not make for little segments.
--
-- Shows: the application reads 100 bytes every 20 ms from a full buffer. Each time 100 bytes of
--        window are free. Were they offered at once, the sender would fill them at once, and all
--        that follows would be segments of 100 bytes with headers of 40. The receiver therefore
--        keeps the window shut until a segment, or half its buffer, is worth offering (RFC 1122
--        4.2.3.3), and the sender waits for as much (RFC 9293 3.8.6.2.1).
-- Try:   -p profile=linux: the same by other numbers. -p take=1000: the reader is as good as the
--        segments are.

local take    = param("take", 100, "bytes read at a time", { min = 10, max = 4000 })
local profile = param("profile", "rfc9293", "behaviour", { choices = { "rfc9293", "linux" } })

local client = host("client", { tcp = { profile = profile, mss = 1000 } })
local server = host("server", { tcp = { profile = profile, receive_buffer = 4000, window_scale = 0 } })
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })

server:listen(80, function (conn)
  sleep "500 ms"
  local left = 20000
  while left > 0 do
    left = left - conn:receive(math.min(take, left))
    sleep "20 ms"
  end
  conn:close()
end)

local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:send(20000)
  sender:receive_all()
  sender:close()
  result("segments_with_data", wire.forward.sent_packets)
end)

expect("what leaves are segments worth the name", function ()
  return value "segments_with_data" < 100
end)
figure "time-sequence"
