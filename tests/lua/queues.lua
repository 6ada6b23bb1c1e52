-- A listener's two queues, what it does when they are full, and what it says of itself.
local server = host("server")
local peers, waiting = {}, {}
for i = 1, 6 do
  peers[i] = host("peer" .. i)
  link(peers[i], server, { delay = "10 ms" })
end
-- Nobody accepts: one connection is ready, one more half-open, when the backlog is 0.
local small = server:listen(80, { backlog = 0, tcp = { syn_cookies = "off" } })
local cookies = server:listen(81, { backlog = 0 })
local deferring = server:listen(82, { tcp = { defer_accept = "3 s" } })

for i = 1, 3 do
  peers[i]:start(function ()
    local conn, reason = peers[i]:connect(server, 80, { timeout = "0.5 s" })
    waiting[i] = conn and "connected" or reason
  end)
end
at("0.6 s", function ()
  expect("backlog + 1 is ready", small.ready == 1 and small.half_open == 0)
  expect("the others have been dropped", small.dropped >= 2 and small.overflows <= small.dropped)
  expect("one is connected", waiting[1] == "connected" and waiting[2] == "timed out")
  local info = small:info()
  expect("info() says the same", info.ready == 1 and info.port == 80 and info.most_ready == 1)
end)

-- Spoofed SYNs: the first is half-open, the others get a cookie, of which nothing comes back.
at("1 s", function ()
  for i = 1, 5 do
    peers[1]:inject { flags = "SYN", dst = server, sport = 1000 + i, dport = 81, src = "10.9.9." .. i }
  end
end)
peers[4]:start(function ()
  sleep "1.1 s"
  local conn = assert(peers[4]:connect(server, 81))
  expect("a cookie comes back", cookies.cookies_received == 0 and conn.state == "ESTABLISHED")
  sleep "50 ms"
  expect("and makes a connection", cookies.cookies_received == 1 and cookies.ready == 1)
  expect("the queue is full", cookies.half_open == 1 and cookies.cookies_sent == 5)
end)

peers[5]:start(function ()
  local conn = assert(peers[5]:connect(server, 82))
  sleep "1 s"
  expect("not ready without data", deferring.ready == 0 and deferring.deferred == 1)
  conn:send(10)
  sleep "20 ms"
  expect("ready with data", deferring.ready == 1)
end)
at("2 s", function ()
  small:close()
  expect("what it counted stays", small.dropped >= 2 and small.ready == 0)
end)
stop_at "3 s"
