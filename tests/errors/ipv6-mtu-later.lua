local client, server = host("client", { address = "IPv6" }), host("server", { address = "IPv6" })
local wire = link(client, server)
at(1, function () wire.mtu = 1000 end)
