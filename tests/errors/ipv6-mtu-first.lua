local a, b = router "a", router "b"
link(a, b, { mtu = 576 })
local client = host("client", { address = "IPv6" })
