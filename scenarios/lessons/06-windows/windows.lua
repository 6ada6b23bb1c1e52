-- Lesson 6: no more than a window in a round trip.
--
-- Shows: each ACK says for how much the receiver still has room. While it reads nothing the window
--        shuts, and the client asks now and then if it is open again. README.md is the lesson's page.
-- Try:   a transfer that is read at once:  -p pause=0 -p size=1MB -p buffer=64kB -p rate=10Mbit/s
--        on a wire ten times as fast:      -p pause=0 -p size=1MB -p buffer=64kB -p rate=100Mbit/s
--        a larger buffer, but no scaling:
--        -p pause=0 -p size=1MB -p buffer=125kB -p rate=10Mbit/s -p scaling=false

local buffer  = param("buffer", "4 kB", "what each end can store", { min = 2000, max = 1e6 })
local pause   = param("pause", "2 s", "for how long the server reads nothing", { min = 0, max = 60 })
local size    = param("size", "8 kB", "what the client sends", { min = 2000, max = 1e7 })
local rate    = param("rate", "300 kbit/s", "of the wire", { min = 1e5, max = 1e9 })
local scaling = param("scaling", true, "a window may be larger than 65,535 bytes")

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, delayed_ack = "off",
  probe_with_data = false, send_buffer = "4 MB", receive_buffer = buffer,
  window_scale = scaling and "auto" or "off" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
link(client, server, { rate = rate, delay = "50 ms", queue = "1000 pkt" })

server:listen(80, function (conn)
  sleep(pause)
  local half = size // 2
  conn:receive(half)
  local begun = now()
  conn:receive(size - half)                -- by now the window is what limits it
  result("mbit_s", (size - half) * 8 / (now() - begun) / 1e6)
  result("read_all", now())
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep "20 ms"
  conn:send(size)
end)

expect("no more than a window in a round trip", function ()
  local window = scaling and buffer or math.min(buffer, 65535)
  return value "mbit_s" < 1.05 * window * 8 / 0.1 / 1e6
end)
expect("what finds no room waits until there is some", function ()
  return value "read_all" > pause
end)
figure("ladder", { fields = "ack,win" })
figure "tcptrace"
