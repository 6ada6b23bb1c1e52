-- DCTCP as cc-dctcp.c has it, in Lua: measure and on_mark at work; tests/congestion/same runs it
-- beside the one in C.
local cc      = param("cc", "dctcp", "which of them")
local profile = param("profile", "linux", "of both ends")
local loss    = param("loss", 0, "of data and ACKs")
local slow    = param("slow", "100 Mbit/s", "the bottleneck")

local function grow(c, ack)
  if not ack.limited then return end
  local acked = ack.acked
  if c.cwnd < c.ssthresh then
    local room = math.min(math.min(acked, c.ack_limit), c.ssthresh - c.cwnd)
    c.cwnd, acked = c.cwnd + room, math.min(acked, c.ack_limit) - room
  end
  if acked == 0 then return end
  local window, credit = c.cwnd, c.acked_unused
  if credit >= window then credit, c.cwnd = 0, c.cwnd + c.mss end
  credit = credit + acked
  c.cwnd = c.cwnd + credit // window * c.mss
  c.acked_unused = credit % window
end
local function halve(c, window)
  c.ssthresh, c.acked_unused = math.max(window // 2, 2 * c.mss), 0
end

congestion("lua-dctcp", {
  params     = { g = 1 / 16 },
  ecn        = true,
  init       = function (c) c.alpha, c.round_end, c.seen, c.seen_marked = 1, 0, 0, 0 end,
  measure    = function (c, ack)
    if ack.una < c.round_end then return end
    local delivered, marked = c.delivered - c.seen, c.delivered_marked - c.seen_marked
    if delivered > 0 then c.alpha = c.alpha + c.g * (marked / delivered - c.alpha) end
    c.round_end, c.seen, c.seen_marked = ack.nxt, c.delivered, c.delivered_marked
  end,
  on_ack     = grow,
  on_mark    = function (c, window)
    local cut = window * c.alpha / 2 // 1
    if profile == "linux" then cut = cut - cut % c.mss end
    c.ssthresh, c.acked_unused = math.max(window - cut, 2 * c.mss), 0
  end,
  on_loss    = halve,
  on_timeout = halve,
})

local tcp = { profile = profile, cc = cc }
local server, switch = host("server", { tcp = tcp }), router "switch"
link(switch, server, { rate = slow, delay = "100 us",
  queue = { kind = "droptail", packets = 250, mark = 20 }, loss = loss })
server:listen(80, function (conn) conn:receive_all() conn:close() end)
for i = 1, 2 do
  local client = host("client" .. i, { tcp = tcp })
  link(client, switch, { rate = "1 Gbit/s", delay = "100 us" })
  client:start(function ()
    local conn = assert(client:connect(server, 80))
    conn:send "3 MB"
    conn:close()
  end)
end
