-- A congestion control of your own, in ten lines of Lua.
--
-- Shows: additive increase, multiplicative decrease: the saw-tooth that keeps the Internet standing.
-- Each round trip adds a segment to the window, each loss takes half of it. The queue of 20 packets
-- fills, the next packet is lost, and it begins anew. Nothing here is slow start: it takes a while.
-- Try:   -p left=0.8: a smaller step down, and the queue is never empty again.
--        -p step=4: four segments a round trip; -p step=10: a short saw.
--        Change on_ack: c.cwnd = c.cwnd + ack.acked doubles the window each round trip.

local step = param("step", 1, "segments that a round trip adds", { min = 0.1, max = 50 })
local left = param("left", 0.5, "what a loss leaves of the window", { min = 0.1, max = 0.95 })

congestion("aimd", {
  init       = function (c) c.cwnd = 10 * c.mss end,
  on_ack     = function (c, ack)
    if ack.limited then c.cwnd = c.cwnd + step * c.mss * ack.acked / c.cwnd end
  end,
  on_loss    = function (c) c.ssthresh = left * c.cwnd end,
  on_timeout = function (c) c.ssthresh = left * c.cwnd end,
})

local client = host("client", { tcp = { cc = "aimd" } })
local server = host("server")
link(client, server, { rate = "4 Mbit/s", delay = "20 ms", queue = "20 pkt" })

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
local losses = 0
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:on("loss", function () losses = losses + 1 end)
  conn:send "5 MB"
  conn:close()
  result("seconds", now())
  result("losses", losses)
end)

expect("it has lost, and come back", function () return value "losses" >= 2 end)
expect("the wire was busy", function () return value "seconds" < 14 end)
figure("cwnd", { conn = "client" })
