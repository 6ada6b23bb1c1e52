-- Lesson 5: the one who closes first has to wait.
--
-- Shows: the last ACK is lost. The server sends its FIN again, and the client, in TIME-WAIT, is there
--        to acknowledge it a second time. README.md is the lesson's page.
-- Try:   -p time_wait=0: nobody remembers, and the FIN is answered by a reset. -p time_wait=240s: what
--        RFC 9293 asks for. -p lost=false: the wait is as long when nothing was lost.

local time_wait = param("time_wait", "60 s", "how long the client remembers", { min = 0, max = 240 })
local lost      = param("lost", true, "the last ACK is lost")

local client = host("client", { tcp = { time_wait = time_wait } })
local server = host "server"
local wire   = link(client, server, { delay = "50 ms" })

if lost then wire:drop "client>ACK#2" end  -- the first one completes the handshake

local resets = 0                           -- a rule that only counts
wire:drop(function (packet)
  if packet.flags:find "RST" then resets = resets + 1 end
  return false
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:on("state", function (_, state)
    if state == "CLOSED" then result("client_forgets", now()) end
  end)
  sleep "400 ms"
  conn:close()
end)

server:listen(80, function (conn)
  conn:on("state", function (_, state)
    if state == "CLOSED" then result("server_closed", now()) end
  end)
  conn:receive_all()
  sleep "20 ms"
  conn:close()
end)

expect("the FIN that comes again is acknowledged, unless nobody remembers", function ()
  return (resets > 0) == (lost and time_wait == 0)
end)
expect("the client waits for all of its time", function ()
  return value "client_forgets" >= 0.6 + time_wait
end)
figure("ladder", { to = "2 s" })
