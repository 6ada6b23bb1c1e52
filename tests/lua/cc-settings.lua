-- cc = "name" and cc = {"name", option = value}: on a host, a listener, a connection, and later.
local client = host("client", { tcp = { cc = { "cubic", beta = 0.5, hystart = false } } })
local server = host("server", { tcp = { cc = "reno" } })
local wire = link(client, server, { rate = "10 Mbit/s", delay = "20 ms" })
wire:drop "client>DATA#30"

-- The thirtieth segment is lost: what is left of the window is the setting.
local before, left = 0, nil
server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:on("loss", function (self) left = self.ssthresh end)
  every("1 ms", function ()
    if not left then before = conn.cwnd end
    return left == nil
  end)
  conn:send "200 kB"
  conn:close()
end)

-- A window that is a number: by the listener's word for what the server sends.
local fixed
server:listen(99, function (conn)
  conn:send "100 kB"
  fixed = conn.cwnd
  conn:close()
end, { tcp = { cc = { "none", window = "20 kB" } } })
client:start(function () assert(client:connect(server, 99)):receive_all() end)

-- Reno goes on from the window that CUBIC left; a fixed window stays.
local changed = {}
server:listen(98, function (conn)
  conn:receive_all()
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 98))
  conn:send "30 kB"
  sleep "1 s"
  changed.before = conn.cwnd
  conn:set { cc = { "none", segments = 7 } }
  changed.none = conn.cwnd
  conn:set { cc = "reno" }
  changed.reno = conn.cwnd
  changed.mss = conn.mss
  conn:send "100 kB"
  conn:close()
  sleep "2 s"
  changed.after = conn.cwnd
end)

expect("the host's beta", function () return math.abs(left / before - 0.5) < 0.03 end)
expect("the listener's window", function () return fixed == 20000 end)
expect("changed while it is open", function ()
  return changed.before > 10 * changed.mss and changed.none == 7 * changed.mss
    and changed.reno == changed.none and changed.after > changed.reno
end)
