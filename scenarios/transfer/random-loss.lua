-- A megabyte over a path that loses packets at random.
--
-- Shows: TCP takes a lost packet for a sign of congestion and cuts its window (CUBIC to seven
-- tenths, Reno to half), however wide the path is. At one per cent the sawtooth never climbs far:
-- goodput is set by loss and round-trip time, not by the link (Mathis: MSS / RTT x 1.22 /
-- sqrt(loss); on a path as short as this CUBIC is as slow as Reno).
-- Try:   -p loss=0.001, and -p loss=0.05. Another seed (-s 2) loses other packets.
--        host("client", { tcp = { cc = "westwood" } }), which asks what the path carries.

local rate  = param("rate", "10 Mbit/s", "rate of the link", { min = 1000 })
local delay = param("delay", "20 ms", "one-way propagation delay", { min = 0 })
local loss  = param("loss", "1 %", "probability that a data packet is lost", { min = 0, max = 0.5 })
local size  = param("size", "1 MB", "bytes to send", { min = 1 })

local client = host "client"
local server = host "server"
link(client, server, {
  rate = rate, delay = delay, queue = "200 pkt",
  forward = { loss = loss },               -- towards the server only: ACKs are not lost
})

local data
server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  result("seconds", now())
  result("goodput", count * 8 / now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  data = conn
  conn:on("loss", function () note "fast retransmit" end)
  conn:on("timeout", function () note "time-out" end)
  conn:send(size)
  conn:close()
end)

expect("every byte arrives all the same", function () return value "received" == size end)
expect("what was lost was sent again", function () return loss == 0 or data.retransmits > 0 end)
figure "time-sequence"
figure "cwnd"
