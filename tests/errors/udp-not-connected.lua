local client = host "client"
local socket = client:udp()
client:start(function () socket:send(10) end)
