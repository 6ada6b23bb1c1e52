local h1 = host("h1", { tcp = { icmp_reverts_backoff = true, sack = true, isn = 57600, } })
local h2 = host("h2", { tcp = { profile = "rfc9293", syn_losses_forgiven = 61, } })
local r1 = router "r1"
local r2 = router "r2"
do local wire = link(r1, r2, { delay = "10 ms", rate = "64 kbit/s", reorder = 1/0 })
  wire:damage("SYN+ACK#1")
end
do local wire = link(h1, r1, { delay = 0, jitter = { kind = "normal", deviation = "2 ms", reorder = true }, nonsense = 0 })
end
do local wire = link(h2, r2, { delay = "1 us", rate = "100 Mbit/s", queue = "5 pkt" })
  wire:mark(print)
end
h1:listen(83, function (conn)
  conn:quick_ack()
  conn:receive()
  conn:receive_all()
  conn:receive(10)
end)
h1:start(function ()
  sleep(0)
  local conn = h1:connect(h1, 83, { timeout = 3 })
  if not conn then return end
  conn:set{ nagle = false }
end)
h1:listen(82, function (conn)
  conn:close()
  conn:send(100)
  conn:abort()
end)
h1:start(function ()
  sleep("2 s")
  local conn = h1:connect(h1, 82, { timeout = 3 })
  if not conn then return end
  conn:receive()
  conn:send_urgent(5)
  conn:on("loss", function () note "loss" end)
  conn:receive(10)
end)
h2:listen(81, function (conn)
  conn:receive_all()
end)
h2:start(function ()
  sleep("2 s")
  local conn = h2:connect(h2, 81, { timeout = 3 })
  if not conn then return end
  conn:vanish()
  conn:receive_all()
end)
bulk{ from = h2, to = h1, port = 202, bytes = "100 kB", count = 3, tcp = { profile = "linux", tail_loss_probe = false, } }
bulk{ from = h2, to = h1, port = 201, bytes = "10 kB", count = 3, tcp = { profile = "rfc9293", } }
stop_at(3)
expect("something", function () return now() >= 0 end)
