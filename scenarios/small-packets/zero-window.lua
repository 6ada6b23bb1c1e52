-- The receiver does not read: its window closes.
--
-- Shows: what is not read stays in the receive buffer, and each ACK offers less. When nothing is
--        left the sender stops and asks now and then: a probe after one time-out, then after twice
--        as long each time (RFC 9293 3.8.6.1), for the ACK that opens the window may be lost. When
--        the application reads again the window opens at one stroke, and an ACK says so at once.
-- Try:   -p lost=true: that ACK is lost, and the next probe finds it out. -p profile=rfc9293: the
--        probes carry a byte. -p pause=60s.

local pause   = param("pause", "8 s", "for how long nothing is read", { min = 0.5, max = 3600 })
local lost    = param("lost", false, "the window update is lost")
local profile = param("profile", "linux", "behaviour", { choices = { "linux", "rfc9293" } })

local tcp    = { profile = profile, receive_buffer = "8 kB", window_scale = 0 }
local client = host("client", { tcp = { profile = profile } })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "20 ms" })

server:listen(80, function (conn)
  sleep(pause)
  if lost then
    wire.backward:drop("server>ACK", { from = now(), to = now() + 0.001 })
  end
  note "reads again"
  result("received", (conn:receive_all()))
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send "20 kB"
  conn:close()
end)

expect("every byte arrives", function () return value "received" == 20000 end)
figure("ladder", { to = "0.5 s", width = "double" })
figure "time-sequence"
