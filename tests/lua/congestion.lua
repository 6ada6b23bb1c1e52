-- congestion(): fields, settings, what a connection keeps of its own, and every hook.
local calls = {}
local function count(name) calls[name] = (calls[name] or 0) + 1 end
local seen = {}

local own = congestion("own", {
  help = "counts what it is asked",
  params = { start = "20 kB", step = 2, wait = "10 ms", polite = true },
  init = function (c)
    count "init"
    assert(c.mss == 1448 and c.now > 0 and c.ssthresh == math.huge and c.acks == nil)
    assert((c.cwnd == 10 * c.mss or #seen == 2) and c.ack_limit == math.huge)
    seen[#seen + 1] = { start = c.start, step = c.step, wait = c.wait, polite = c.polite }
    c.cwnd, c.acks, c.second = c.start, 0, {}
    assert(c.cwnd == c.start)
  end,
  on_ack = function (c, ack)
    count "on_ack"
    c.acks = c.acks + 1
    assert(ack.acked > 0 and ack.flight >= ack.acked and ack.nxt >= ack.una)
    assert(ack.rtt == nil or ack.rtt >= ack.min_rtt)
    assert(c.srtt >= ack.min_rtt and c.rto > c.srtt and c.rttvar > 0 and c.flight >= 0)
    if not ack.limited then return end
    local before = c.cwnd
    c.cwnd = c.cwnd + c.step * c.mss * ack.acked / c.cwnd / 3
    assert(c.cwnd > before and c.cwnd % 1 ~= 0, "the fraction is kept")
    c.last = c.cwnd
  end,
  on_loss = function (c, window)
    count "on_loss"
    assert(window == math.floor(c.cwnd))
    c.cwnd = c.cwnd * 0.9                       -- and no word of ssthresh
  end,
  on_timeout = function (c, window)
    count "on_timeout"
    c.ssthresh = window / 2
  end,
  on_recovered = function (c) count "on_recovered" end,
  on_undo = function (c) count "on_undo" end,
  on_idle = function (c) count "on_idle" end,
})

local client = host("client", { tcp = { cc = own } })
local server = host("server")
local wire = link(client, server, { rate = "10 Mbit/s", delay = "20 ms" })
wire:drop "client>DATA#40"
wire:drop("client>DATA", { from = 3, to = 3.5 })
wire:hold("client>DATA#120", "300 ms")

for port = 80, 82 do
  server:listen(port, function (conn)
    conn:receive_all()
    conn:close()
  end)
end
local after_loss
client:start(function ()
  local conn = assert(client:connect(server, 80))
  local before
  conn:on("recovered", function (self) after_loss = after_loss or self.cwnd / before end)
  every("1 ms", function ()
    if calls.on_loss == nil then before = conn.cwnd end
    return calls.on_loss == nil
  end)
  conn:send "100 kB"
  sleep "2 s"
  conn:send "100 kB"
  sleep "1.001 s"
  conn:send "100 kB"
  conn:close()
  -- Other settings, and a control that is changed under way.
  local other = assert(client:connect(server, 81, { tcp = { cc = { "own", start = 5000, step = 1.5,
                                                                   wait = "1 s", polite = false } } }))
  other:send(1)
  result("start", other.cwnd)
  other:set { cc = "reno" }
  other:send "50 kB"
  sleep "1 s"
  other:set { cc = { "own", start = 30000 } }
  result("changed", other.cwnd)
  other:close()
end)

expect("every hook was called", function ()
  for _, name in ipairs { "init", "on_ack", "on_loss", "on_timeout", "on_recovered", "on_undo", "on_idle" } do
    if not calls[name] then error(name .. " was not") end
  end
  return calls.init == 3
end)
expect("settings as numbers", function ()
  local first, second = seen[1], seen[2]
  return first.start == 20000 and first.step == 2 and first.wait == 0.01 and first.polite
    and second.start == 5000 and second.step == 1.5 and second.wait == 1 and not second.polite
end)
expect("init says where the window begins", function ()
  return value "start" == 5000 and value "changed" == 30000
end)
expect("a loss that assigns cwnd alone cuts to it", function ()
  return math.abs(after_loss - 0.9) < 0.05
end)
