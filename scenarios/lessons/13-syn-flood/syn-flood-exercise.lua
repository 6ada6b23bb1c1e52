-- Exercise 13: three hundred a second.
--
-- Somebody forges 300 SYNs a second, and a client that means it does not get through. The server has
-- memory for 100 of them. Change how it listens, so that the client is served at once. (`./run list
-- tcp` has every option.)

local listens = { backlog = 16, tcp = { syn_cookies = "off" } }  -- change this

local attacker, client, server = host "attacker", host "client", host "server"
local gateway = router "gateway"
link(attacker, gateway, { delay = "5 ms" })
link(client, gateway, { delay = "15 ms" })
local wire = link(gateway, server, { delay = "5 ms" })

local listener = server:listen(80, nil, listens)

-- Four seconds of SYNs whose senders are nowhere: what answers them is lost.
wire:drop(function (packet) return packet.dst:find "^198%.51%.100%." ~= nil end)
local forged = 0
every(1 / 300, function ()
  forged = forged + 1
  attacker:inject { flags = "SYN", src = "198.51.100." .. forged % 250 + 1, dst = server,
    sport = 1024 + forged, dport = 80, mss = 1460 }
  return now() < 4
end)

local waited = math.huge
client:start(function ()
  sleep "2 s"
  if client:connect(server, 80, { timeout = "5 s" }) then waited = now() - 2 end
end)
stop_at "8 s"

expect("the client is connected at once (every queue is full in the end: need a SYN take a place?)",
  function () return waited < 0.1 end)
expect("no more than 100 places (the flood is faster than any memory)",
  function () return listener.most_half_open <= 101 end)
figure("ladder", { conn = "client" })
figure "backlog"
