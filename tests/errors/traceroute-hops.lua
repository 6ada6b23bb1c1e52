local client, server = host "client", host "server"
link(client, server)
client:start(function () client:traceroute(server, { max_hops = 300 }) end)
