-- The ACK that ends the handshake is lost; the client's first data stands in for it.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "ACK#1"

server:listen(80, function (conn)
  conn:receive(100)
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.104 - now())
  conn:send(100)
end)
