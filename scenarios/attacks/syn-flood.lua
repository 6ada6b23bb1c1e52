-- A SYN flood, and SYN cookies.
--
-- Shows: somebody sends SYNs from addresses that do not exist. Each takes a place in the
--        listener's SYN queue until its SYN+ACKs have gone unanswered for too long, and when the
--        queue is full those who mean it find no place. With SYN cookies (RFC 4987) a full queue
--        costs nobody anything: the server keeps nothing for a SYN, and recognises the cookie that
--        a true client brings back.
-- Try:   -p cookies=off: most clients wait for seconds or give up. -p cookies=always: the queue
--        stays empty. -p backlog=1000: a longer queue helps only until it is full, too.

local cookies = param("cookies", "when full", "SYN cookies", { choices = { "off", "when full", "always" } })
local backlog = param("backlog", 64, "room in the listener's queues", { min = 1, max = 4096 })
local rate    = param("rate", 200, "forged SYNs a second", { min = 1, max = 10000 })

local attacker = host "attacker"
local client   = host "client"
local server   = host "server"
local gateway  = router "gateway"
link(attacker, gateway, { delay = "5 ms" })
link(client, gateway, { delay = "15 ms" })
local wire = link(gateway, server, { rate = "10 Mbit/s", delay = "5 ms" })

local listener = server:listen(80, function (conn)
  conn:receive(100)
  conn:send(1000)
  conn:close()
end, { backlog = backlog, tcp = { syn_cookies = cookies } })

-- Five seconds of SYNs whose senders are nowhere: what answers them is lost on the way.
local forged = 0
at("1 s", function ()
  every(1 / rate, function ()
    forged = forged + 1
    attacker:inject {
      flags = "SYN", src = string.format("198.51.%d.%d", forged // 250 % 250, forged % 250 + 1),
      dst = server, sport = 1024 + forged % 60000, dport = 80, mss = 1460,
    }
    return now() < 6
  end)
end)

-- A client that mean it asks four times a second.
local asked, served, slowest = 0, 0, 0
client:start(function ()
  while now() < 8 do
    spawn(function ()
      asked = asked + 1
      local before = now()
      local conn = client:connect(server, 80, { timeout = "3 s" })
      if conn then
        served = served + 1
        slowest = math.max(slowest, now() - before)
        conn:send(100)
        conn:receive_all()
        conn:close()
      end
    end)
    sleep "250 ms"
  end
end)

stop_at "12 s"
at("11.9 s", function ()
  result("served", served / asked)
  result("slowest", slowest)
  result("dropped", listener.dropped)
  result("cookies_sent", listener.cookies_sent)
end)
expect("with cookies everybody is served at once, without them many are not", function ()
  if cookies == "off" and rate * 2 > backlog then
    return value "served" < 0.9 and value "dropped" > 100
  end
  return value "served" == 1 and value "slowest" < 0.1
end)
expect("the SYN queue holds backlog + 1", function ()
  return listener.most_half_open <= backlog + 1
end)
figure "backlog"
