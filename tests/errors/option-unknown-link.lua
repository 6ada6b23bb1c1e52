local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", dealy = "5 ms" })
