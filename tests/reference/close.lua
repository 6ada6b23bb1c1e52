-- The client closes; the server closes as soon as it sees that.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.6544 - now())
  conn:close()
end)
