-- A short transfer over a path that loses packets: what the tests of `sweep` run.
local delay = param("delay", "20 ms", "one-way propagation delay", { min = 0, max = "1 s" })
local loss  = param("loss", 0.01, "probability that a packet is lost", { min = 0, max = 1 })
local cc    = param("cc", "cubic", "congestion control", { choices = { "cubic", "reno" } })

local client = host("client", { tcp = { cc = cc } })
local server = host "server"
link(client, server, { delay = delay, rate = "10 Mbit/s", loss = loss })

server:listen(80, function (conn)
  conn:receive_all()
  result("received_after", now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("connect_time", conn.connect_time)
  conn:send "30 kB"
  conn:close()
end)
expect("it connects at all", function () return value "connect_time" > 0 end)
