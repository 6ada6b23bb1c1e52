local client, server = host "client", host "server"
local wire = link(client, server)
wire:drop(function (packet) packet.ttl = 3 end)
client:start(function () client:connect(server, 80) end)
