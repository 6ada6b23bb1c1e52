-- How long does it take to connect, when packets are lost?
--
-- Shows: the mean time to connect against the probability of loss, for three path delays, with
-- Cardwell's formula (2000): a round trip, and a time-out that doubles from the first retry on for
-- each SYN, and then for each SYN-ACK, that is lost. By the letter of the RFCs (the profile rfc9293)
-- the points lie on it, whatever the loss: once a SYN has come through, the server's timer alone
-- repairs. Linux answers each SYN that is repeated with another SYN-ACK, so that both ends' timers
-- help: the formula is right to 1 % up to 5 % of loss, and promises 3 % too much at 10 % and 9 % at
-- 20 %. (Linux also retries four times a second apart before it doubles; linear=4 shows that.)
-- The formula has no end where half of the packets are lost.
-- Try: -p loss=0.2, -p linear=4, -p profile=rfc9293, another seed (-s 2); and all of it:
--   roundtrip sweep scenarios/studies/connect-time.lua
local delay   = param("delay", "50 ms", "one-way propagation delay", { min = 0, max = "10 s" })
local loss    = param("loss", 0.02, "probability that a packet is lost, each way", { min = 0, max = 0.5 })
local profile = param("profile", "linux", "of both hosts", { choices = { "linux", "rfc9293" } })
local linear  = param("linear", 0, "retries a second apart, before they double", { min = 0 })
local count   = param("count", 50, "connections, one after the other", { min = 1, max = 10000 })

local client = host("client", { tcp = {
  profile = profile, syn_retries = 20, syn_linear_timeouts = linear, max_rto = "1000 s",
} })
local server = host("server", { tcp = { profile = profile, synack_retries = 20 } })
link(client, server, { delay = delay, loss = loss })

server:listen(80, function (conn) conn:vanish() end)
client:start(function ()
  local sum = 0
  for _ = 1, count do
    local conn = assert(client:connect(server, 80))
    sum = sum + conn.connect_time
    conn:vanish()
  end
  result("connect_time", sum / count)
end)

expect("never less than a round trip", function ()
  return value "connect_time" >= 2 * delay - 1e-9
end)
figure("ladder", { to = "2 s" })

study {
  vary = {
    "profile=rfc9293,linux", "delay=10ms,50ms,200ms", "loss=0,0.01,0.02,0.05,0.1,0.15,0.2",
  },
  seeds = 100,
  figures = {
    { "lines", file = "delays", x = "loss", y = "connect_time", by = "delay", profile = "rfc9293",
      theory = "cardwell(ts=1 s)",
      xlabel = "Probability of loss", ylabel = "Time to connect", yunit = "s" },
    { "lines", file = "profiles", x = "loss", y = "connect_time", by = "profile", delay = "50 ms",
      theory = "cardwell(ts=1 s)",
      xlabel = "Probability of loss", ylabel = "Time to connect", yunit = "s" },
  },
}
