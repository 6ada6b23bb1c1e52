local client = host "client"
local home = nat("home", { inside = client })
home:forward(80, "fd00::7")
