-- What does random loss leave of a link's rate?
--
-- Shows: the goodput of Reno, CUBIC and BBR against the probability of loss, both axes by powers of
-- ten, with the formulas of Mathis (1997) and PFTK (1998), which are of Reno, and of RFC 9438. BBR
-- does not take a random loss for a full queue, and keeps most of the rate.
-- With the five runs of this study Reno lies, within the intervals, on Mathis up to 0.3 % of loss and
-- on PFTK up to 1 %. With more runs one sees that both are of losses that come regularly: chance
-- gives up to 6 % more, at 0.03 % (Mathis' own constant for it is 1.31, not 1.22). Mathis knows no
-- time-outs, and promises 5 % too much at 1 % of loss, 32 % at 10 %. PFTK takes a time-out for what
-- SACK and RACK still mend: at 3 % of loss Reno is 8 % above it, at 10 % by 40 %.
-- CUBIC lies on RFC 9438, within the intervals, from 0.03 % to 0.3 %: a little above, where a lucky
-- spell without loss pays (its window grows ever faster; 18 % at 0.03 %, 12 % at 0.1 %), and below
-- from 0.5 % on, since it has time-outs, too.
-- With so short a round trip it is as Reno by its own rule (section 4.3) from 0.1 % on. At 0.01 %
-- of loss its queue is full before a packet is lost at random: there it ends near the link's rate,
-- which is where every formula ends here.
-- Try: -p loss=0.05, -p cc=cubic, -p cc=bbr, another seed (-s 2); and all of it:
--   roundtrip sweep scenarios/studies/goodput-loss.lua
local loss  = param("loss", 0.01, "probability that a packet towards the server is lost", { min = 0, max = 1 })
local cc    = param("cc", "reno", "congestion control of the client")
local rate  = param("rate", "20 Mbit/s", "of the link", { min = 1000 })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local time  = param("time", "5 s", "of the measurement", { min = 1 })
local warm  = param("warm", "2 s", "before it: slow start and its overshoot are not what is asked", { min = 0 })

local client = host("client", { tcp = { cc = cc, send_buffer = "4 MB" } })
local server = host("server", { tcp = { receive_buffer = "4 MB", delayed_ack = 0 } })
link(client, server, { rate = rate, delay = delay, queue = "1 BDP", forward = { loss = loss } })

local received = 0
server:listen(80, function (conn)
  for count in function () return conn:receive() end do received = received + count end
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  while conn:send "1 MB" do end
end)

local before = 0
at(warm, function () before = received end)
at(warm + time, function ()
  result("goodput", (received - before) * 8 / time)
  stop()
end)

expect("no more than the link's rate", function () return value "goodput" <= rate end)
figure "cwnd"

study {
  vary = { "cc=reno,cubic,bbr", "loss=1e-4..1e-1:log:7", "time=120s", "warm=5s" },
  seeds = 5,
  figures = {
    { "lines", x = "loss", y = "goodput", by = "cc", theory = "mathis, pftk, cubic", log = "xy",
      xlabel = "Probability of loss", ylabel = "Goodput", yunit = "Mbit/s" },
  },
}
