-- Both ends close at the same moment.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

server:listen(80, function (conn)
  sleep(0.6507 - now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.6507 - now())
  conn:close()
end)
