local client, server = host "client", host "server"
link(client, server)
client:ping(server)
