local h1 = host("h1", { tcp = { min_rto = 484.88, fastopen = "-5 ms", trim_to_window = false, } })
local h2 = host("h2", { tcp = { } })
do local wire = link(h1, h2, { delay = "1 us", queue = "64 KiB" })
  wire:copy("DATA#2-4")
  at(0.1, function () wire.forward.rate = "unlimited" wire.backward.delay = 0.2 end)
end
h1:listen(81, function (conn)
  conn:write "some text"
  conn:vanish()
  sleep(0.05)
  conn:send(math.mininteger)
end)
h1:start(function ()
  sleep(0)
  local conn = h1:connect(h1, 81, { timeout = 3 })
  if not conn then return end
  conn:receive()
  sleep(0.05)
end)
cbr{ from = h1, to = h2, rate = "500 kbit/s" }
local s1 = h1:udp(5001) h2:start(function () h2:udp():send_to(h1, 5001, 65536) end)
stop_at(20)
expect("something", function () return now() >= 0 end)
