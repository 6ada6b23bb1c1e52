-- W4: a fat-tree of k = 8 (128 hosts), 1 Gbit/s, 5 us a link; host i sends to host i + 64, with a
-- window of 64 segments.
local time = param("time", "0.1 s", "to simulate")
local k    = param("k", 8, "ports of a switch")
local net  = fat_tree { k = k, link = { rate = "1 Gbit/s", delay = "5 us", queue = "100 pkt" },
  tcp = { send_buffer = 64 * 1448, receive_buffer = 64 * 1448, cc = "reno" } }
local n = #net.hosts
for i = 1, n do
  bulk { from = net.hosts[i], to = net.hosts[(i - 1 + n // 2) % n + 1], start = (i - 1) * 1e-6 }
end
stop_at(time)
