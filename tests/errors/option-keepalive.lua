host("client", { tcp = { keepalive = { idle = "soon" } } })
