-- Every impairment of a link, in each of its forms, and changed while the run goes on.
local a, b = host "a", host "b"
local wire = link(a, b, {
  rate = "10 Mbit/s", delay = "10 ms",
  loss = { kind = "gilbert-elliott", p = 0.01, r = "25 %" },
  jitter = { kind = "pareto", mean = "1 ms", shape = 2.5, reorder = true },
  reorder = { probability = "1 %", distance = 3 },
  shaper = { rate = "5 Mbit/s", burst = "3 kB" },
  backward = { loss = { kind = "list", 2, 5 }, jitter = 0, reorder = 0, policer = { rate = "1 Mbit/s" },
               shaper = false },
})
local forms = {
  { loss = "1 %" }, { loss = { kind = "bernoulli", p = 0.01 } },
  { loss = { kind = "burst", p = 0.001, length = 4 } }, { loss = { kind = "periodic", every = 100 } },
  { loss = { kind = "bit-error", ber = 1e-7, overhead = 38 } },
  { loss = { kind = "trace", file = "data/loss.txt", ["repeat"] = false } },
  { loss = { kind = "list", packets = { 10, 20 } } },
  { loss = 0, jitter = "2 ms" }, { jitter = { kind = "normal", mean = "-1 ms", deviation = "1 ms" } },
  { jitter = { kind = "uniform", low = "-2 ms", high = "2 ms" } },
  { jitter = { kind = "exponential", mean = "1 ms" } },
  { jitter = { kind = "trace", file = "data/delay.txt" } },
  { jitter = 0, reorder = "5 %" }, { reorder = { probability = 0.01, delay = "5 ms" } },
  { rate = { trace = "data/four-ms.trace" }, reorder = 0 }, { rate = "10 Mbit/s", policer = { rate = "9 Mbit/s", burst = "20 kB" } },
  { policer = false, shaper = { rate = "2 Mbit/s" } }, { queue = { kind = "droptail", packets = 50, mark = 5 } },
}
local passed = 0
b:listen(80, function (conn) conn:receive_all() conn:close() end)
a:start(function ()
  for _, form in ipairs(forms) do
    for name, value in pairs(form) do wire.forward[name] = value end
    local conn = assert(a:connect(b, 80))
    conn:send "60 kB"
    conn:close()
    while conn.state ~= "TIME-WAIT" and conn.state ~= "CLOSED" do sleep "10 ms" end
    passed = passed + 1
    if form.rate and type(form.rate) == "table" then
      result("mean_rate", wire.forward.rate)
    end
  end
end)
expect("all forms carry a connection", function () return passed == #forms end)
expect("a trace has a mean rate", function () return value "mean_rate" == 12e6 end)
expect("something was lost, and something overtaken", function ()
  return wire.forward.dropped_loss > 0 and wire.forward.reordered > 0
end)
expect("a list loses what it says", function () return wire.backward.dropped_loss == 2 end)
