-- An application sends bursts, and three answers to what becomes of a window that is not used.
--
-- Shows: three flows, each alone on a path like the others', send small bursts and then a large one;
-- after a silence another large one. `off` lets every ACK raise the window: it becomes ten times as
-- large as what the small bursts use, and nobody knows whether the path carries that. `linux` and
-- `rfc7661` stop at about twice what is used. Over the silence `off` and `linux` fall back to the
-- initial window (RFC 5681 4.1); `rfc7661` keeps its own, for up to five minutes, and the second
-- large burst is there three round trips earlier. `first_...`, `second_...`: seconds each took.
-- Try:   -p queue=100: a burst in an unproven window overruns the queue. `off` pays at the first
--        large one, `rfc7661` at the second: what its window becomes is half of what was used, less
--        what was lost. -p queue=100 -p pacing=on: the same windows, without the bursts.
--        -p silence=310s: longer than five minutes: half of it is kept.

local burst   = param("burst", "60 kB", "what the application sends at once", { min = 1 })
local silence = param("silence", "4 s", "between the large bursts", { min = 1 })
local queue   = param("queue", 500, "packets that wait before each wire", { min = 1 })
local pacing  = param("pacing", "auto", "whether data leaves at a rate", { choices = { "auto", "on" } })
local large   = 600e3  -- bytes

for _, way in ipairs { "off", "linux", "rfc7661" } do
  local tcp = { cc = "reno", cwnd_validation = way, pacing = pacing }
  local client, server = host(way, { tcp = tcp }), host("to-" .. way)
  link(client, server, { rate = "50 Mbit/s", delay = "50 ms", queue = queue .. " pkt" })
  local accepted
  server:listen(80, function (conn)
    accepted = conn
    conn:receive_all()
    conn:close()
  end)
  client:start(function ()
    local conn = assert(client:connect(server, 80))
    for _ = 1, 10 do
      conn:send(burst)
      sleep(0.2)         -- shorter than the time-out: no restart
    end
    result("cwnd_" .. way, conn.cwnd / conn.mss)
    for _, which in ipairs { "first_", "second_" } do
      local begun, goal = now(), accepted.bytes_received + large
      conn:send(large)
      while accepted.bytes_received < goal do sleep(0.001) end
      result(which .. way, now() - begun)
      sleep(silence)
    end
    conn:close()
  end)
end

expect("without validation the window grows beyond what is used", function ()
  return value "cwnd_off" > 2 * value "cwnd_linux" and value "cwnd_off" > 2 * value "cwnd_rfc7661"
end)
expect("a window that is kept is there at once", function ()
  return queue < 400 and pacing == "auto" or value "second_rfc7661" < value "second_linux"
end)
expect("where the queue is short, an unproven window costs", function ()
  return queue > 200 or pacing == "on" or value "first_off" > value "first_linux"
end)
figure "cwnd"
