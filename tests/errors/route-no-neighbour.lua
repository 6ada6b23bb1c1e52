local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
local other = host "other"
client:route("10.0.0.0/8", other)
