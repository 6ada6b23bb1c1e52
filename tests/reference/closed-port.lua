-- Nobody listens: a reset answers.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

client:start(function ()
  local conn, reason = client:connect(server, 81)
  assert(conn == nil and reason == "refused")
end)
