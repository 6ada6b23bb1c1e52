-- The stacks of history: their clocks, their time-outs, what they do with three duplicate ACKs.
local expected = {             -- when a SYN that nobody answers is sent, and when it is given up
  { profile = "bsd44",      syns = { 0, 6, 30 },     mss = 1448 },
  { profile = "reno-1990",  syns = { 0, 6, 30 },     mss = 1024 },
  { profile = "tahoe-1988", syns = { 0, 6, 18, 42 }, mss = 1024 },
}
local function near(a, b) return math.abs(a - b) < 1e-6 end

for i, it in ipairs(expected) do
  local a = host("a" .. i, { tcp = { profile = it.profile, receive_buffer = "60 kB", send_buffer = "60 kB" } })
  local b = host("b" .. i, { tcp = { profile = it.profile, receive_buffer = "60 kB" } })
  local wire = link(a, b, { delay = "20 ms", rate = "8 Mbit/s" })

  -- No answer: nobody is there to give one.
  it.seen = {}
  local nobody = host("nobody" .. i)
  link(a, nobody, { delay = "20 ms" }):drop(function (p)
    if p.flags == "SYN" then it.seen[#it.seen + 1] = now() return true end
  end)
  a:start(function ()
    local conn, reason = a:connect(nobody, 80)
    it.gave_up, it.reason = now(), reason
  end)

  -- One segment alone is acknowledged when the fast clock ticks next.
  b:listen(80, function (conn)
    conn:receive_all()
    conn:close()
  end)
  a:start(function ()
    sleep "1.33 s"
    local conn = assert(a:connect(b, 80))
    conn:send(100)
    local sent = now()
    while conn.bytes_acked < 100 do sleep "1 ms" end
    it.acked, it.sent = now(), sent
    conn:send "300 kB"
    while conn.bytes_acked < 300100 do sleep "20 ms" end
    it.rto, it.largest = conn.rto, conn.mss
    -- The wire is cut: the time-out is whole ticks, and comes with one.
    wire:down()
    conn:on("timeout", function () it.timeout = it.timeout or now() end)
    conn:send(100)
    it.cut = now()
    sleep "10 s"
    conn:abort()
  end)
end

expect("SYNs leave as they did", function ()
  for _, it in ipairs(expected) do
    if #it.seen ~= #it.syns then error(it.profile .. ": " .. #it.seen .. " SYNs") end
    for i, time in ipairs(it.syns) do
      if not near(it.seen[i], time) then error(it.profile .. ": SYN " .. i .. " at " .. it.seen[i]) end
    end
    if not (near(it.gave_up, 75) and it.reason == "timed out") then error(it.profile .. it.gave_up) end
  end
  return true
end)
expect("a delayed ACK leaves with a tick of 200 ms", function ()
  for _, it in ipairs(expected) do
    local left = it.acked - 0.02                -- the way back, and at most 1 ms until it was seen
    if left % 0.2 > 0.0015 then error(it.profile .. ": " .. it.acked) end
  end
  return true
end)
expect("time-outs are whole ticks and end with one", function ()
  for _, it in ipairs(expected) do
    if it.rto % 0.5 ~= 0 or it.rto < 1 then error(it.profile .. ": rto " .. it.rto) end
    if not near(it.timeout % 0.5, 0) then error(it.profile .. ": " .. it.timeout) end
    local waited = it.timeout - it.cut
    if waited > it.rto or waited <= it.rto - 0.5 then error(it.profile .. ": waited " .. waited) end
  end
  return true
end)
expect("segments of their time", function ()
  for _, it in ipairs(expected) do
    if it.largest ~= it.mss then error(it.profile .. ": " .. it.largest) end
  end
  return true
end)
