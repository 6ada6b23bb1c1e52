-- One flow for 25 seconds: 10 Mbit/s, a round trip of 20 ms, a queue of 100 packets, random loss.
local cc   = param("cc", "reno", "congestion control of the sender")
local loss = param("loss", 0, "probability that a packet towards the server is lost")
local time = 25   -- seconds from the first data

local client = host("client", { tcp = { cc = cc } })
local server = host "server"
link(client, server, {
  rate = "10 Mbit/s", delay = "10 ms", queue = "100 pkt", forward = { loss = loss },
})

local received = 0
server:listen(80, function (conn)
  for count in function () return conn:receive() end do
    received = received + count
  end
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  at(now() + time, function ()
    result("goodput_mbps", received * 8 / time / 1e6)
    result("retransmits", conn.retransmits)
    stop()
  end)
  while conn:send "1 MB" do end
end)
