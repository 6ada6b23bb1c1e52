-- congestion(): what the flags change, and on_backoff, which goes on where on_timeout fires once.
local cut, timeouts, backoffs, windows, rates = nil, 0, 0, {}, {}

local function grows(c, ack)
  c.cwnd = c.cwnd + math.min(ack.acked, c.ack_limit)
end

local restarts = congestion("restarts", {
  restart_after_loss = true,
  on_ack = function (c, ack) if c.cwnd < c.ssthresh then grows(c, ack) end end,
  on_loss = function (c, window) c.ssthresh = window / 2 end,
})
local by_flight = congestion("by-flight", {
  cuts_flight = true,
  on_ack = grows,
  on_loss = function (c, window)
    windows.flight, windows.cwnd = window, c.cwnd
    c.ssthresh = window / 2
  end,
})
local backs_off = congestion("backs-off", {
  on_ack = grows,
  on_timeout = function (c, window) timeouts = timeouts + 1; c.ssthresh = window / 2 end,
  on_backoff = function (c) backoffs = backoffs + 1; assert(timeouts == 1, "it comes after on_timeout") end,
})
local paced = congestion("paced", { paces = true, on_ack = grows })
local unpaced = congestion("unpaced", { on_ack = grows })

local client = host "client"
local server = host "server"
local wire = link(client, server, { rate = "100 Mbit/s", delay = "20 ms" })

local function open(port, cc)
  server:listen(port, function (conn) conn:receive_all() conn:close() end)
  return assert(client:connect(server, port, { tcp = { cc = cc } }))
end

client:start(function ()
  -- One segment of 40 is lost: a loss begins anew from one.
  local conn = open(80, restarts)
  conn:on("loss", function (self) cut = self.cwnd / self.mss end)
  wire:drop "client>DATA#20"
  conn:send(40 * 1448)
  sleep "1 s"
  conn:close()

  -- cwnd is 40 segments and more, eight are out.
  conn = open(81, by_flight)
  conn:send(40 * 1448)
  sleep "200 ms"
  wire:drop("client>DATA#1", { from = now() })
  conn:send(8 * 1448)
  sleep "1 s"
  conn:close()

  -- Nothing passes for two seconds: time-outs upon time-outs.
  conn = open(82, backs_off)
  conn:send(1448)
  sleep "200 ms"
  wire.forward.loss = 1
  conn:send(1448)
  sleep "2 s"
  wire.forward.loss = 0
  sleep "3 s"
  conn:close()

  -- The rate of a control that paces follows cwnd / srtt.
  for port, cc in pairs { [83] = paced, [84] = unpaced } do
    conn = open(port, cc)
    conn:send "100 kB"
    sleep "30 ms"
    rates[port] = conn.pacing_rate
    conn:close()
  end
end)

expect("restart_after_loss begins anew from one segment", function () return cut == 1 end)
expect("with cuts_flight the window is what was out", function ()
  return windows.flight == 8 * 1448 and windows.cwnd > 40 * 1448
end)
expect("on_timeout once for the same data, on_backoff each time", function ()
  return timeouts == 1 and backoffs >= 2
end)
expect("paces paces, and nothing else does", function ()
  return rates[83] < math.huge and rates[84] == math.huge
end)
