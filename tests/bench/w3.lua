-- W3: 100,000 connections, Poisson 2,000 a second, with 1 % loss both ways: handshake, request of
-- 200 bytes, response of 10 kB, the server closes first, TIME-WAIT and all.
local count = param("count", 100000, "connections")
local loss  = param("loss", "1 %", "of packets, both ways")
local client, server = host "client", host "server"
link(client, server, { rate = "1 Gbit/s", delay = "10 ms", queue = "1000 pkt", loss = loss })
local load = poisson { from = client, to = server, rate = 2000, size = 200, response = 10000, count = count,
  server_closes = true }
expect("every connection was served", function () return load.completed == count end)
