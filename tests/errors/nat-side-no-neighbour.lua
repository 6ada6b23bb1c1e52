local client, server, isp = host "client", host "server", router "isp"
local home = nat("home", { outside = server })
link(client, home)
link(home, isp)
link(isp, server)
