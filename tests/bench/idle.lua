-- idle: memory of established connections on which nothing happens.
local count = param("count", 100000, "connections")
local client, server = host "client", host "server"
link(client, server, { rate = "1 Gbit/s", delay = "10 ms" })
bulk { from = client, to = server, bytes = 1, count = count, gap = "100 us" }
