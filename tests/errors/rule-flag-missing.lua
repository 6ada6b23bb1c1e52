local client, server = host "client", host "server"
local wire = link(client, server)
wire:drop { flags = "" }
