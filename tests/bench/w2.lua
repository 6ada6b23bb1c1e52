-- W2: 100 bulk flows over one bottleneck of 1 Gbit/s and 20 ms, starting 10 ms apart.
local time = param("time", "20 s", "to simulate")
local r1, r2 = router "r1", router "r2"
link(r1, r2, { rate = "1 Gbit/s", delay = "20 ms", queue = "3770 pkt" })
for i = 1, 100 do
  local a, b = host("a" .. i), host("b" .. i)
  link(a, r1, { rate = "1 Gbit/s", delay = "1 ms", queue = "4000 pkt" })
  link(b, r2, { rate = "1 Gbit/s", delay = "1 ms", queue = "4000 pkt" })
  bulk { from = a, to = b, start = (i - 1) * 0.01 }
end
stop_at(time)
