-- The ACK of the server's FIN is lost: the server repeats the FIN to a client in TIME-WAIT.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "client>ACK#2"

server:listen(80, function (conn)
  conn:receive_all()
  sleep(0.7287 - now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.6647 - now())
  conn:close()
end)
