local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
at(0, function () client:inject { flags = "SYN", dst = server, sport = 1 } end)
