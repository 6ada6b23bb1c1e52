local client, server = host "client", host "server"
link(client, server)
client:start(function () client:ping(server, { cuont = 3 }) end)
