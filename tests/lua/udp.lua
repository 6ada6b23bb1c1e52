-- UDP sockets, ping and traceroute: what they return, also when nothing comes back.
local client, router1, server = host "client", router "router", host "server"
local wire = link(client, router1, { rate = "10 Mbit/s", delay = "5 ms" })
local far  = link(router1, server, { rate = "10 Mbit/s", delay = "5 ms" })

local socket = server:udp(53)
server:start(function ()
  while true do
    local count, from, port, text = socket:receive_from()
    if text then socket:write_to(from, port, text:upper()) else socket:send_to(from, port, count) end
  end
end)

client:start(function ()
  local mine = client:udp()
  expect("a port is given out", mine.port >= 49152)
  expect("it has a name", tostring(mine) == "UDP socket client:" .. mine.port)
  expect("write_to says how much", mine:write_to(server, 53, "hello") == 5)
  local count, from, port, text = mine:receive_from()
  expect("the answer", count == 5 and from == server.address and port == 53 and text == "HELLO")
  mine:send_to("server", 53, "1 kB")
  count, from, port, text = mine:receive_from()
  expect("a count has no text", count == 1000 and text == nil)
  local before = now()
  local none, reason = mine:receive_from "250 ms"
  expect("a time-out", none == nil and reason == "timed out" and math.abs(now() - before - 0.25) < 1e-9)
  none, reason = mine:send_to(server, 53, "70 kB")
  expect("too long for a datagram", none == nil and reason == "too long")
  mine:connect(server, 7)
  expect("sent all the same", mine:send(10) == 10)
  none, reason = mine:receive_from()
  expect("nobody is there", none == nil and reason == "refused")
  spawn(function () sleep(1) mine:close() end)
  none, reason = mine:receive_from()
  expect("closed while it waits", none == nil and reason == "closed")

  local ping = client:ping(server, { count = 3, interval = "100 ms" })
  expect("three replies", ping.sent == 3 and ping.received == 3 and #ping.rtts == 3)
  expect("each after 20 ms", ping.min > 0.02 and ping.max < 0.021 and ping.replies[3].ttl == 63)
  wire:drop("ICMP#1", { from = now() })
  ping = client:ping(server, { count = 2, interval = "100 ms", timeout = "0.5 s" })
  expect("one is lost", ping.received == 1 and ping.replies[1].error == "timed out")
  ping = client:ping(server, { count = 1, ttl = 1 })
  expect("too few hops", ping.received == 0 and ping.replies[1].error == "time exceeded" and
         ping.replies[1].from == router1.address and ping.mean == nil)

  local hops = client:traceroute(server, { probes = 2 })
  expect("two hops", #hops == 2 and hops.reached and hops[1].name == "router" and
         hops[2].name == "server" and #hops[1].rtts == 2)
  far:down()
  hops = client:traceroute(server)
  expect("the router knows no way", #hops == 2 and not hops.reached and
         hops[2].error == "host unreachable" and hops[2].name == "router")
  local conn, why = client:connect(server, 80)
  expect("TCP hears of it at once", conn == nil and why == "unreachable")
  stop()
end)
