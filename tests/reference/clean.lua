-- Nothing is lost.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
end)
