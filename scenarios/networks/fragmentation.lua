-- A datagram that is larger than the links, cut into fragments on its way.
--
-- Shows: 3,000 bytes are one UDP datagram and three IP packets: the sending host cuts it to the
--        first link's 1,500 bytes, and the router cuts those that are too large for the second link
--        again. Only the server puts them together, when the last one is there.
-- Try:   lose one fragment: wire:drop "UDP#2". Nothing arrives, and after 30 seconds the server tells
--        the sender that the time for putting it together is over. Let the host find out what the
--        path carries and cut only there: client:udp(nil, { fragments = "at source" }).

local mtu = param("mtu", 1000, "bytes that the second link carries", { min = 100, max = 1500 })

local client = host "client"
local server = host "server"
local router = router "router"
local wire   = link(client, router, { rate = "10 Mbit/s", delay = "5 ms" })
link(router, server, { rate = "10 Mbit/s", delay = "5 ms", mtu = mtu })

local inbox = server:udp(9)
server:start(function ()
  result("bytes", (inbox:receive_from()))
  result("arrived", now())
end)

client:start(function ()
  client:udp():send_to(server, 9, 3000)
end)

expect("the datagram arrives whole", function () return value "bytes" == 3000 end)
figure "ladder"
