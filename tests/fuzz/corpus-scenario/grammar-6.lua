local h1 = host("h1", { tcp = { initial_rto = 2916, } })
local h2 = host("h2", { tcp = { } })
do local wire = link(h1, h2, { delay = 0.2, rate = "10 Mbit/s", jitter = { kind = "exponential", mean = "1 ms" } })
end
h2:listen(81, function (conn)
  conn:receive_all()
  conn:abort()
  conn:quick_ack()
end)
h1:start(function ()
  sleep("2 s")
  local conn = h1:connect(h2, 81, { timeout = 3 })
  if not conn then return end
  conn:close()
  conn:abort()
  conn:quick_ack()
  conn:set{ nagle = false }
  conn:send(65536)
end)
cbr{ from = h1, to = h2, rate = "500 kbit/s" }
stop_at(3)
expect("something", function () return now() >= 0 end)
