local client, server = host "client", host "server"
link(client, server)
server:listen(80)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:close { linger = "soon" }
end)
