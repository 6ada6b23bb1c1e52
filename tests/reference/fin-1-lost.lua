-- The client's FIN is lost.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "FIN#1"

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.6511 - now())
  conn:close()
end)
