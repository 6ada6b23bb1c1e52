local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
wire:drop "clint>SYN#1"
