-- conn:on: more than one function may watch an event; each runs on its own, in order.
local client, server = host "client", host "server"
link(client, server, { rate = "10 Mbit/s", delay = "5 ms" })
server:listen(80, function (conn) conn:receive_all() conn:close() end)
local seen = {}
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:on("state", function (_, new, old) seen[#seen + 1] = "a " .. old .. ">" .. new end)
  conn:on("state", function (_, new) seen[#seen + 1] = "b " .. new sleep(1) end)
  conn:close()
end)
expect("both, in order", function ()
  return #seen == 8 and seen[1] == "a ESTABLISHED>FIN-WAIT-1" and seen[2] == "b FIN-WAIT-1"
end)
