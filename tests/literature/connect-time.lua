-- How long a handshake takes when packets are lost with probability p (Cardwell et al. 2000).
local p        = param("p", 0.01, "in each direction")
local connects = param("connects", 3000, "of each client")
local clients  = 10

local tcp = { profile = "linux", syn_linear_timeouts = 0 } -- time-outs that double from the first on
local server = host("server", { tcp = tcp })
server:listen(80, function (conn) conn:vanish() end)
local sum, count = 0, 0
for i = 1, clients do
  local client = host("client" .. i, { tcp = tcp })
  link(client, server, { delay = "50 ms", loss = p })
  client:start(function ()
    for _ = 1, connects do
      local conn = client:connect(server, 80)
      if conn then
        sum, count = sum + conn.connect_time, count + 1
        conn:vanish()
      end
    end
    if count >= clients * connects * 0.999 then result("mean", sum / count) end
  end)
end
