local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
client:start(function () assert(client:connect(server, 80)) end)
