local client, server = host "client", host "server"
local box = middlebox(function (packet) packet.mss = 0 end)
link(client, box)
link(box, server)
client:start(function () client:connect(server, 80) end)
