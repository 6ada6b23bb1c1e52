local client, server = host "client", host "server"
local home = nat("home", { outside = "sever" })
link(client, home)
link(home, server)
