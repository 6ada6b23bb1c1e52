-- The first SYN+ACK is lost: the client's repeated SYN arrives when the server's own timer is due.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "SYN+ACK#1"

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
end)
