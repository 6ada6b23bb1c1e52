-- 5000 bytes, then the client aborts.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

server:listen(80, function (conn)
  conn:receive(5000)
  local count, reason = conn:receive()
  assert(count == nil and reason == "reset")
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.1541 - now())
  conn:send(5000)
  sleep(0.6545 - now())
  conn:abort()
end)
