local client, server = host("client", { address = "IPv6" }), host("server", { address = "fd00::7" })
link(client, server, { mtu = 1279 })
