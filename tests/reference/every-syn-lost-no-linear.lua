-- Every SYN is lost, and time-outs double from the first.
local client = host("client", { tcp = { syn_linear_timeouts = 0 } })
local server = host "server"
local wire = link(client, server, { delay = "50 ms" })
wire:drop "SYN"

server:listen(80)
client:start(function ()
  local conn, reason = client:connect(server, 80)
  assert(conn == nil and reason == "timed out")
  assert(now() == 127) -- 64 s after the last SYN
end)
