local client, server = host "client", host "server"
link(client, server)
local function deeper(conn)
  local nothing
  return nothing.field
end
server:listen(80, function (conn)
  deeper(conn)
  conn:close()
end)
client:start(function () client:connect(server, 80) end)
