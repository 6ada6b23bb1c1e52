local client = host "client"
client:udp(53)
client:udp(53)
