-- A flow begins when another one has the wire for itself.
--
-- Shows: the second flow's slow start takes what it needs within a few round trips: its burst fills
-- the queue, both lose, and from there on they come together as in fairness.lua. `met` is how long
-- it took until the late one had nine tenths of the other's rate, over a second.
-- Try:   -p cc=reno: by one segment a round trip. -p cc=vegas: the late one takes the queue that the
--        first keeps for the path's own delay, and gets more than its share.
--        -p start=5s: an earlier late-comer. -p queue=8: a queue too short for both.

local cc    = param("cc", "cubic", "congestion control of both")
local start = param("start", "8 s", "when the second flow begins", { min = 0 })
local queue = param("queue", 20, "packets that wait before the wire", { min = 1 })

local client = host("client", { tcp = { cc = cc } })
local server = host "server"
link(client, server, { rate = "2 Mbit/s", delay = "30 ms", queue = queue .. " pkt" })
server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)

local conns, over = {}, 25                    -- seconds that both are watched
local function flow(i)
  return function ()
    conns[i] = assert(client:connect(server, 80))
    at(start + over, function () conns[i]:abort() end)
    conns[i]:send "300 MB"
  end
end
client:start(flow(1))
at(start, flow(2))

local before, met = { 0, 0 }, nil
every(1, function ()
  if not conns[2] or conns[2].state ~= "ESTABLISHED" then return end
  local got = {}
  for i = 1, 2 do
    got[i], before[i] = conns[i].bytes_acked - before[i], conns[i].bytes_acked
  end
  if not met and now() > start + 1.5 and got[2] >= 0.9 * got[1] then
    met = now() - start
    result("met", met)
  end
end)
at(start + over - 0.01, function ()
  result("share_of_the_late", conns[2].bytes_acked * 8 / over / 2e6)
end)

expect("the late one gets a good share", function () return value "share_of_the_late" > 0.25 end)
figure "cwnd"
