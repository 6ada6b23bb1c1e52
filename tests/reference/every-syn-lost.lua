-- Every SYN is lost: four extra one-second time-outs, then doubling.
local client = host "client"
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "SYN"

server:listen(80)
client:start(function ()
  local conn, reason = client:connect(server, 80)
  assert(conn == nil and reason == "timed out")
  assert(now() == 131) -- 64 s after the last SYN
end)
