local client = host "client"
local socket = client:udp()
socket:close()
socket:send_to(client, 7, 10)
