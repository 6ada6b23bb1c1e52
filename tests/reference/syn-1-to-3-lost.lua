-- The first three SYNs are lost: all at one-second intervals.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "SYN#1-3"

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
end)
