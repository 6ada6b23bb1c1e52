-- How much does a larger initial window save?
--
-- Shows: the time from the first SYN to the last byte of a response, for responses of 10 to 300 kB
-- over a round trip of 100 ms, against the initial window in segments. Without loss it comes down in
-- steps of a round trip: with 10 segments (RFC 6928) all of these are there one to two round trips
-- sooner than with three (RFC 3390 at this MTU). On a slow link a burst of that size only waits in
-- the queue: beyond the rate times the round trip nothing is saved.
-- Try: -p window=4, -p window=40, -p size=300kB, -p rate="2 Mbit/s"; and all of it:
--   roundtrip sweep scenarios/studies/initial-window.lua
local window = param("window", 10, "initial window, segments", { min = 1, max = 1000 })
local size   = param("size", "100 kB", "of the response", { min = 1 })
local rate   = param("rate", "50 Mbit/s", "of the link", { min = 1000 })
local loss   = param("loss", 0, "probability that a packet towards the client is lost", { min = 0, max = 1 })

local client = host("client", { tcp = { receive_buffer = "1 MB" } })
local server = host("server", { tcp = { initial_window = window } })
link(client, server, { rate = rate, delay = "50 ms", queue = "200 pkt", backward = { loss = loss } })

server:listen(80, function (conn)
  conn:receive(200)
  conn:send(size)
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(200)
  local _, _, count = conn:receive_all()
  result("completion", now())
  result("received", count or size)
  conn:close()
end)

expect("two round trips at least", function () return value "completion" >= 0.2 end)
figure "time-sequence"

study {
  vary = { "size=10kB,30kB,100kB,300kB", "window=1,2,3,4,6,8,10,15,20,30,40" },
  figures = {
    { "lines", x = "window", y = "completion", by = "size", log = "none",
      xlabel = "Initial window [segments]", ylabel = "Time to completion", yunit = "ms" },
  },
}
