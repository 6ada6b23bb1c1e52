-- A thousand connections, one after the other, over a path that loses a fifth of all packets.
local count = param("count", 1000, "connections", { min = 1 })
local bins  = 5   -- whole seconds; the last one is all that takes longer

local client = host "client"
local server = host "server"
link(client, server, { delay = "10 ms", loss = "20 %" })

server:listen(80, function (conn) conn:vanish() end)
client:start(function ()
  local connected = {}
  for bin = 0, bins - 1 do connected[bin] = 0 end
  for _ = 1, count do
    local start = now()
    local conn = client:connect(server, 80)
    if conn then
      local bin = math.min(math.floor(now() - start), bins - 1)
      connected[bin] = connected[bin] + 1
      conn:vanish()
    end
  end
  for bin = 0, bins - 1 do result(("bin_%d"):format(bin), connected[bin]) end
end)
