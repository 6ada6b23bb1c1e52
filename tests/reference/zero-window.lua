-- The server does not read for eight seconds: its window closes and the client probes it.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

-- As many bytes as were taken from the sender before the window closed.
server:listen(80, function (conn)
  sleep(8.1647 - now())
  conn:receive(60000)
end, { tcp = { receive_buffer = 20272, window_scale = 0 } })
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.1583 - now())
  conn:send(60000)
end)
