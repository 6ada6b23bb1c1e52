-- result: takes what a call returned, also when that call returns a nil behind it.
local client, server = host "client", host "server"
link(client, server, { delay = "5 ms" })
server:listen(80, function (conn) result("bytes", conn:receive_all()) conn:close() end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(1000)
  conn:close()
end)
expect("the count", function () return value "bytes" == 1000 end)
