local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
client:route("10.0.0.0/40", server)
