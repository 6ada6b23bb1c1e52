-- Exercise 14: ten questions, ten connections.
--
-- A sensor far away asks ten times, each time on a new connection, and each time it takes two round
-- trips of 200 ms. It has asked for a cookie, but never got one. Change the server, so that the first
-- question takes two round trips, and every other one a single one.

local options = { fastopen = "off" }       -- change this

local sensor = host "sensor"
local server = host("server", { tcp = options })
local wire   = link(sensor, server, { delay = "100 ms" })

local in_syn = 0                           -- a rule that only counts
wire:drop(function (packet)
  if packet.flags == "SYN" and packet.len > 0 then in_syn = in_syn + 1 end
  return false
end)

server:listen(80, function (conn)
  conn:receive(100)
  conn:send(100)
end)

sensor:start(function ()
  for _ = 1, 10 do
    local conn = assert(sensor:connect(server, 80, { fastopen = 100 }))
    conn:receive(100)
    conn:abort()
  end
  result("took", now())
  result("questions_in_a_syn", in_syn)
end)

expect("eleven round trips of 200 ms (who gives out the cookies? `./run list tcp` has the option)",
  function () return value "took" < 2.201 end)
expect("nine questions travel in a SYN (the first has no cookie yet)",
  function () return value "questions_in_a_syn" == 9 end)
figure("ladder", { to = "0.7 s", fields = "len", width = "double" })
