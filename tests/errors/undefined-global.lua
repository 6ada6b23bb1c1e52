local client = host "client"
lnk(client, client)
