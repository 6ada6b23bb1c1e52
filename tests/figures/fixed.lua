-- fixed.lua: a run in which all that figures show happens: two bulk flows that share a bottleneck and
-- lose packets there, a lost SYN, a delayed application, listeners with queues, loads that complete, an end by reset.
local rate = param("rate", "2 Mbit/s", "of the bottleneck")
trace { listeners = true }

local net = dumbbell {
  left = 2, right = 1,
  bottleneck = { rate = rate, delay = "20 ms", queue = "12 pkt" },
  access     = { rate = "10 Mbit/s", delay = "1 ms" },
}
local server = net.right[1]
net.bottleneck:drop "SYN#2"
net.bottleneck:drop "left2>DATA#30-32"

local received = 0
server:listen(80, function (conn)
  local bytes = conn:receive_all()
  received = received + bytes
  conn:close()
end)
for i, host in ipairs(net.left) do
  host:start(function ()
    sleep((i - 1) * 0.05)
    local conn = assert(host:connect(server, 80))
    conn:send "250 kB"
    if i == 1 then conn:close() else sleep(2) conn:shutdown() conn:receive_all() conn:close() end
  end)
end
request_response { from = net.left[1], to = server, requests = 3, request = 200, response = 3000, think = "50 ms", count = 3, gap = "100 ms", name = "web" }
net.left[2]:start(function ()
  sleep(1)
  local conn = net.left[2]:connect(server, 81)
  expect("nobody listens there", conn == nil)
end)
expect("all bytes arrive", function () return received == 500000 end)
