local client, server = host "client", host "server"
local home = nat("home", { inside = client })
link(client, home)
link(home, server)
home:forward(80, client)
home:forward(80, client, 8080)
