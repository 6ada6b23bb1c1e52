-- Ten rounds of write, write, read: Nagle's algorithm waits for a delayed ACK.
local client = host "client"
local server = host "server"
link(client, server, { delay = "10 ms" })

server:listen(80, function (conn)
  while conn:receive(200) do
    conn:send(100)
  end
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep(0.031 - now())
  for _ = 1, 10 do
    conn:send(100)
    conn:send(100)
    conn:receive(100)
    sleep "100 ms"
  end
  conn:close()
end)
