local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
server:listen(80, function (conn) conn:receive_all() conn:close() end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(0.5)
end)
