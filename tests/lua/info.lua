-- What a connection says of itself: its path, ICMP errors, round trips; and when it is over, too.
local client, server = host "client", host "server"
local near, far = router "near", router "far"
link(client, near, { delay = "10 ms" })
link(near, far, { mtu = 1000 })
local last = link(far, server, { delay = "10 ms" })
local log = {}

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80, { tcp = { time_wait = "1 s" } }))
  local info = conn:info()
  log.new = info.path_mtu == 1500 and info.soft_error == nil and info.reordering == 3 and
    math.abs(info.min_rtt - 0.04) < 1e-9
  conn:send(5000)
  sleep "1 s"
  log.path = conn.path_mtu == 1000 and conn.soft_error == nil
  last:down()
  conn:send(1000)
  sleep "1 s"
  log.cut = conn.soft_error == "net unreachable" and conn:info().soft_error == conn.soft_error
  last:up()
  sleep "10 s"
  log.works = conn.soft_error == nil and conn.bytes_acked == 6000
  conn:close()
  sleep "10 s"
  info = conn:info()
  log.over = info.state == "CLOSED" and info.reordering == 3 and info.path_mtu == 1000
  local seen = 0
  for name in pairs(info) do
    assert(name == "ssthresh" or conn[name] == info[name], name)
    seen = seen + 1
  end
  log.fields = seen >= 27
end)

for _, name in ipairs { "new", "path", "cut", "works", "over", "fields" } do
  expect(name, function () return log[name] end)
end
