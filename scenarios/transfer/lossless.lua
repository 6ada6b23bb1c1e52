-- A megabyte over a clean path.
--
-- Shows: slow start doubles the window each round trip until the path is full; from then on one
-- packet leaves for each that arrives, and the queue in front of the bottleneck holds the rest.
-- Goodput ends just below the link's rate: headers take 52 of each 1500 bytes.
-- Try:   -p delay=200ms: how much longer does slow start take? tcp = { initial_window = 2 } on the
--        client. rate = "100 Mbit/s".

local rate  = param("rate", "10 Mbit/s", "rate of the link", { min = 1000 })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local size  = param("size", "1 MB", "bytes to send", { min = 1 })

local client = host "client"
local server = host "server"
link(client, server, { rate = rate, delay = delay, queue = "200 pkt" })

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  result("seconds", now())
  result("goodput", count * 8 / now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(size)
  conn:close()
  result("retransmits", conn.retransmits)
end)

expect("every byte arrives", function () return value "received" == size end)
expect("nothing is sent twice", function () return value "retransmits" == 0 end)
expect("no faster than the link allows", function () return value "goodput" < rate * 1448 / 1500 end)
figure "time-sequence"
figure "cwnd"
