-- The ACK that ends the handshake is lost, and nobody sends: the server repeats its SYN+ACK.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "ACK#1"

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
end)
