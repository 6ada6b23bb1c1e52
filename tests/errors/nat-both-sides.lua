local client, server = host "client", host "server"
nat("home", { inside = client, outside = server })
