-- Ten megabytes over a clean path.
--
-- Shows: slow start doubles the window each round trip until the path is full; from then on one
-- packet leaves for each that arrives, and the queue in front of the bottleneck holds the rest.
-- Goodput ends just below the link's rate: headers take 52 of each 1500 bytes.
-- Try:   -p delay=200ms: how much longer does slow start take? -p window=50kB: now the receiver's
--        window is the limit, one window each round trip. tcp = { initial_window = 2 } on the client.

local rate  = param("rate", "10 Mbit/s", "rate of the link", { min = 1000 })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local size  = param("size", "10 MB", "bytes to send", { min = 1 })
local window = param("window", "300 kB", "the most that the receiver offers", { min = 2000 })

local client = host "client"
local server = host("server", { tcp = { receive_buffer = window } })
link(client, server, { rate = rate, delay = delay, queue = "200 pkt" })

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  result("seconds", now())
  result("goodput", count * 8 / now())
  conn:close()
end)
local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:send(size)
  sender:close()
end)

expect("every byte arrives", function () return value "received" == size end)
expect("nothing is sent twice", function () return sender.retransmits == 0 end)
expect("no faster than the link allows", function () return value "goodput" < rate * 1448 / 1500 end)
expect("and not much slower, or else one window each round trip", function ()
  local most = math.min(rate * 1448 / 1500, window * 8 / (2 * delay))
  return value "goodput" > 0.8 * most
end)
figure "time-sequence"
figure "cwnd"
