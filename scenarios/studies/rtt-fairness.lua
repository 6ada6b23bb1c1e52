-- Two flows share a link, and one has a longer way: who gets how much?
--
-- Shows: the goodput of the flow with the short round trip as a multiple of the other's, against the
-- ratio of their round trips, for Reno and CUBIC, and Jain's index of both. Reno's window grows by a
-- segment a round trip, so that the short flow gets more than its share; CUBIC's grows with time,
-- whatever the round trip, which is fairer. In a drop-tail queue two flows without any chance in
-- them fall into step, and one of them meets every loss (Floyd and Jacobson 1992): the senders here
-- take a little while for each packet, up to two of the link's, by chance.
-- Try: -p ratio=1, -p ratio=8, -p cc=reno, another seed (-s 2); and all of it:
--   roundtrip sweep scenarios/studies/rtt-fairness.lua
local ratio = param("ratio", 4, "round trip of the long flow over that of the short one", { min = 1, max = 100 })
local cc    = param("cc", "cubic", "congestion control of both")
local time  = param("time", "2 s", "of the measurement", { min = 1 })
local warm  = param("warm", "1 s", "before it", { min = 0 })
local rate  = param("rate", "5 Mbit/s", "of the link", { min = 1000 })
local short = 0.02   -- round trip of the short flow, seconds

local left, right = router "left", router "right"
link(left, right, { rate = rate, delay = short / 4, queue = "30 pkt" })
local received = {}

local function flow(name, round_trip)
  local sender   = host(name .. "-sender", {
    tcp = { cc = cc, send_buffer = "4 MB" },
    processing = { kind = "uniform", from = 0, to = "2.4 ms" },
  })
  local receiver = host(name .. "-receiver", { tcp = { receive_buffer = "4 MB" } })
  link(sender, left, { rate = "1 Gbit/s", delay = round_trip / 2 - short / 4, queue = "10000 pkt" })
  link(right, receiver, { rate = "1 Gbit/s", delay = 0 })
  received[name] = 0
  receiver:listen(80, function (conn)
    for count in function () return conn:receive() end do
      received[name] = received[name] + count
    end
  end)
  sender:start(function ()
    sleep(random.uniform(0, 1))
    local conn = assert(sender:connect(receiver, 80))
    while conn:send "1 MB" do end
  end)
end

flow("short", short)
flow("long", short * ratio)

local before = {}
at(warm, function () before.short, before.long = received.short, received.long end)
at(warm + time, function ()
  local a = (received.short - before.short) * 8 / time
  local b = (received.long - before.long) * 8 / time
  result("ratio_of_goodputs", a / b)
  result("jain", (a + b) ^ 2 / (2 * (a ^ 2 + b ^ 2)))
  result("goodput", a + b)
  stop()
end)

expect("the link is used", function () return value "goodput" > 0.8 * rate end)
figure "cwnd"

study {
  vary = { "cc=reno,cubic", "ratio=1,2,3,4,6,8", "time=60s", "warm=10s", "rate=10Mbit/s" },
  seeds = 8,
  figures = {
    { "lines", file = "goodputs", x = "ratio", y = "ratio_of_goodputs", by = "cc", log = "none",
      xlabel = "Ratio of the round trips", ylabel = "Ratio of the goodputs" },
    { "lines", file = "jain", x = "ratio", y = "jain", by = "cc", log = "none",
      xlabel = "Ratio of the round trips", ylabel = "Jain's index" },
  },
}
