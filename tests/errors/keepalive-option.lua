local client = host("client", { tcp = { keepalive = { idel = "2 s" } } })
