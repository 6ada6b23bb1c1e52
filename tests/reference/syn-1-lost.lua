-- The first SYN is lost.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "SYN#1"

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
end)
