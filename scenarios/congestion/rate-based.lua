-- A congestion control that follows the rate at which data arrives, and not the losses.
--
-- Shows: BBR's idea in a dozen lines. Each ACK tells how fast the path delivers; the most of the last
-- ten round trips is the bottleneck's rate, and that times the least round trip is what fills the
-- path. Data is paced at that rate, a little faster for one round trip in eight, to see whether there
-- is more, and then a little slower, to let the queue go that this made. Random losses do not matter
-- to it, and the queue stays short, where CUBIC would fill it.
-- Try:   -p cc=cubic: the losses keep its window small. -p cc=cubic -p loss=0: the link is busy, the
--        queue full. -p gain=1: nobody probes and nobody slows down, so that the queue of the start
--        stays for good. -p gain=1.5: a shorter queue, and a little less gets through.

local cc   = param("cc", "rate-based", "the congestion control")
local loss = param("loss", "1 %", "of data")
local gain = param("gain", 1.25, "rate of the round trip that probes", { min = 1, max = 2 })

congestion("rate-based", {
  paces   = true,
  init    = function (c) c.best, c.turn, c.round_end, c.full = {}, 0, 0, 0 end,
  control = function (c, ack)
    if ack.una >= c.round_end then                        -- a round trip is over
      c.round_end, c.turn = ack.nxt, c.turn + 1
      c.best[c.turn] = 0
    end
    if ack.rate and not ack.app_limited then c.best[c.turn] = math.max(c.best[c.turn], ack.rate) end
    local rate = 0
    for turn = math.max(c.turn - 9, 1), c.turn do rate = math.max(rate, c.best[turn]) end
    if rate == 0 then return end
    local phase = c.turn % 8
    local pace = phase == 0 and gain or phase == 1 and 2 - gain or 1
    if not c.found then                                   -- twice as much, until that brings no more
      if rate > 1.25 * c.full then c.full, c.since = rate, c.turn end
      c.found = c.turn - c.since >= 3
      pace = c.found and 0.35 or 2.9
    end
    c.pacing_rate = rate * pace
    c.cwnd = math.max(4 * c.mss, (c.found and 2 or 2.9) * rate * ack.min_rtt)
  end,
})

local client, server = host("client", { tcp = { cc = cc } }), host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "20 ms", queue = "100 pkt" })
wire.forward.loss = loss

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
local waiting, samples = 0, 0
client:start(function ()
  local conn = assert(client:connect(server, 80))
  every("5 ms", function ()
    waiting, samples = waiting + wire.forward.queue_packets, samples + 1
    return conn.state == "ESTABLISHED"
  end)
  conn:send "5 MB"
  conn:close()
  result("goodput", 8 * 5e6 / now() / 1e6)   -- Mbit/s
  result("queue", waiting / samples)         -- packets
end)

expect("the link was busy, but for a control that takes each loss for congestion", function ()
  return (value "goodput" > 8) == (cc ~= "cubic" or loss == 0)
end)
expect("the queue was short, where somebody slows down to let it go", function ()
  return (value "queue" < 20) == (cc == "cubic" and loss > 0 or cc ~= "cubic" and gain > 1)
end)
figure("cwnd", { conn = "client" })
