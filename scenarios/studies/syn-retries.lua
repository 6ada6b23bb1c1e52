-- What do more retries of the SYN cost, and what do they bring?
--
-- Shows: which part of all connections is given up, and how long a caller waits for the answer (yes
-- or no), against the probability of loss, for two to eight retries. Each retry more halves the
-- failures, at 50 % of loss, and doubles the longest wait: there two retries give up one connection
-- in five, after 7 s; six retries give up one in sixty, but a server that is down is noticed after
-- two minutes only.
-- Try: -p retries=2, -p loss=0.6, -p linear=4 (Linux's extra retries a second apart); and all of it:
--   roundtrip sweep scenarios/studies/syn-retries.lua
local loss    = param("loss", 0.3, "probability that a packet is lost, each way", { min = 0, max = 0.99 })
local retries = param("retries", 6, "of the SYN, with doubled time-outs", { min = 0, max = 20 })
local linear  = param("linear", 0, "more of them before, a second apart", { min = 0, max = 20 })
local count   = param("count", 30, "connections, one after the other", { min = 1 })

local client = host("client", { tcp = { syn_retries = retries, syn_linear_timeouts = linear } })
local server = host "server"
link(client, server, { delay = "20 ms", loss = loss })

server:listen(80, function (conn) conn:vanish() end)
client:start(function ()
  local given_up, waited = 0, 0
  for _ = 1, count do
    local start = now()
    local conn = client:connect(server, 80)
    waited = waited + (now() - start)
    if conn then conn:vanish() else given_up = given_up + 1 end
    server:restart()   -- a connection that is half open there does not meet the next one
  end
  result("given_up", given_up / count)
  result("wait", waited / count)
end)

expect("a part of them", function () return value "given_up" >= 0 and value "given_up" <= 1 end)
figure("ladder", { to = "3 s" })

study {
  vary = { "retries=2,3,4,6,8", "loss=0.1..0.7:lin:7" },
  seeds = 20,
  figures = {
    { "lines", file = "given-up", x = "loss", y = "given_up", by = "retries",
      xlabel = "Probability of loss", ylabel = "Connections given up", yunit = "%" },
    { "lines", file = "wait", x = "loss", y = "wait", by = "retries", log = "y",
      xlabel = "Probability of loss", ylabel = "Time until the answer", yunit = "s" },
  },
}
