-- conn:close{linger = ...}, the options linger, cork, max_orphans and time_wait_reuse, and
-- conn:quick_ack(): how they are given, and what they do.
local client, server = host "client", host "server"
local wire = link(client, server, { delay = "50 ms" })
server:listen(80, function (conn) conn:receive_all() conn:close() end)
-- Nobody reads: what is sent is acknowledged until the buffer is full.
server:listen(81, function () end, { tcp = { receive_buffer = 4000 } })

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(1000)
  local before = now()
  expect("close waits until the FIN is acknowledged", conn:close { linger = "5 s" } == true)
  result("lingered", now() - before)

  conn = assert(client:connect(server, 81))
  conn:send(20000)
  before = now()
  local ok, reason = conn:close { linger = "2 s" }
  expect("or until the time is over", not ok and reason == "timed out" and math.abs(now() - before - 2) < 1e-9)
  expect("and goes on closing", conn.state == "FIN-WAIT-1")
  conn:abort()

  conn = assert(client:connect(server, 80, { tcp = { linger = 0 } }))
  conn:send(1000)
  expect("linger = 0 resets at once", conn:close() == nil and conn.state == "CLOSED")

  conn = assert(client:connect(server, 80, { tcp = { cork = true } }))
  conn:send(100)
  sleep "50 ms"
  expect("a cork holds what is less than a segment", conn.bytes_sent == 0)
  conn:set { cork = false }
  expect("until it is pulled", conn.bytes_sent == 100)
  conn:quick_ack()
  conn:quick_ack(false)
  conn:close()

  local again = { from_port = 6000, tcp = { time_wait_reuse = "on", max_orphans = 100 } }
  conn = assert(client:connect(server, 80, again))
  conn:close()
  sleep "3 s"
  expect("a port in TIME-WAIT", conn.state == "TIME-WAIT")
  local second = assert(client:connect(server, 80, again))
  expect("is used again", second.local_port == 6000 and conn.state == "CLOSED")
  second:close()
end)

expect("the FIN's round trip", function () return math.abs(value "lingered" - 0.1) < 1e-9 end)
