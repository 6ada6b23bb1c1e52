-- Lesson 13: who asks without meaning it.
--
-- Shows: forged SYNs take every place in a server's queue, and one who means it is not heard. By a SYN
--        cookie the server answers without keeping anything. README.md is the lesson's page.
-- Try:   -p cookies="when full": as Linux does. -p cookies=always. A longer queue: -p backlog=100, and
--        -p backlog=100 -p rate=300: a faster flood.

local cookies = param("cookies", "off", "SYN cookies", { choices = { "off", "when full", "always" } })
local rate    = param("rate", 50, "forged SYNs a second", { min = 1, max = 1000 })
local backlog = param("backlog", 16, "room in the server's queue", { min = 4, max = 1000 })

local attacker, client, server = host "attacker", host "client", host "server"
local gateway = router "gateway"
link(attacker, gateway, { delay = "5 ms" })
link(client, gateway, { delay = "15 ms" })
local wire = link(gateway, server, { delay = "5 ms" })

local listener = server:listen(80, nil, { backlog = backlog, tcp = { syn_cookies = cookies } })

-- Four seconds of SYNs whose senders are nowhere: what answers them is lost.
wire:drop(function (packet) return packet.dst:find "^198%.51%.100%." ~= nil end)
local forged = 0
every(1 / rate, function ()
  forged = forged + 1
  attacker:inject { flags = "SYN", src = "198.51.100." .. forged % 250 + 1, dst = server,
    sport = 1024 + forged, dport = 80, mss = 1460 }
  return now() < 4
end)

client:start(function ()
  sleep "1 s"
  assert(client:connect(server, 80))
  result("client_waited", now() - 1)
end)

at("4 s", function ()
  result("half_open", listener.half_open)
  result("dropped", listener.dropped)
  result("cookies_sent", listener.cookies_sent)
end)
stop_at "10 s"

expect("the client waits when the queue is full and there are no cookies", function ()
  return (value "client_waited" > 1) == (cookies == "off" and 1.01 * rate > backlog + 1)
end)
figure("ladder", { conn = "client" })
figure "backlog"
