-- Reno as cc-reno.c has it, in Lua: tests/congestion/same runs it beside the one in C.
local cc      = param("cc", "reno", "which of them")
local profile = param("profile", "linux", "of both ends")
local rate    = param("rate", "10 Mbit/s", "of the wire")
local queue   = param("queue", 100, "packets before it")
local loss    = param("loss", 0, "of data and ACKs")
local lost    = param("lost", "none", "data segments that are lost: 20,21")
local mark    = param("mark", "none", "data segments that are marked")
local dead    = param("dead", 0, "time without a path, from 1 s on")
local sack    = param("sack", true, "offered")
local bytes   = param("bytes", "2 MB", "to send")

congestion("lua-reno", {
  on_ack = function (c, ack)
    if not ack.limited then return end
    local acked = ack.acked
    if c.cwnd < c.ssthresh then                 -- slow start
      local grow = math.min(acked, c.ack_limit)
      local room = math.min(grow, c.ssthresh - c.cwnd)
      c.cwnd = c.cwnd + room
      acked = grow - room
    end
    if acked == 0 then return end
    local window, credit = c.cwnd, c.acked_unused
    if credit >= window then                    -- from a larger window
      credit = 0
      c.cwnd = c.cwnd + c.mss
    end
    credit = credit + acked
    c.cwnd = c.cwnd + credit // window * c.mss
    c.acked_unused = credit % window
  end,
  on_loss = function (c, window)
    c.ssthresh = math.max(window // 2, 2 * c.mss)
    c.acked_unused = 0
  end,
  on_timeout = function (c, window)
    c.ssthresh = math.max(window // 2, 2 * c.mss)
    c.acked_unused = 0
  end,
})

local tcp = { profile = profile, cc = cc, sack = sack, ecn = mark ~= "none" and "on" or "off" }
local client, server = host("client", { tcp = tcp }), host("server", { tcp = tcp })
local wire = link(client, server, { rate = rate, delay = "20 ms", queue = queue .. " pkt", loss = loss })
if lost ~= "none" then wire:drop("client>DATA#" .. lost) end
if mark ~= "none" then wire:mark("client>DATA#" .. mark) end
if dead > 0 then
  at(1, function () wire:down() end)
  at(1 + dead, function () wire:up() end)
end

server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(bytes)
  sleep "3 s"                                   -- idle: the window decays
  conn:send "200 kB"
  conn:close()
end)
