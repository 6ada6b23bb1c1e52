-- Both ends connect to each other at the same moment, and exchange a little data later.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

client:start(function ()
  local conn = assert(client:connect(server, 5001, { from_port = 5000 }))
  sleep(1.5117 - now())
  conn:send(100)
  conn:receive(50)
end)
server:start(function ()
  local conn = assert(server:connect(client, 5000, { from_port = 5001 }))
  conn:receive(100)
  sleep(1.7149 - now())
  conn:send(50)
end)
