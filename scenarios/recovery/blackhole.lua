-- For ten seconds nothing arrives.
--
-- Shows: first a probe with new data, then time-outs. Each doubles the next: a network that may be
-- overloaded is asked less and less often. All that was out is believed lost, the window is one
-- segment. When the path is back, the rest of such a wait is lost in addition. The first ACK may be
-- for the original: new data goes out to see whether the time-out was real (F-RTO, RFC 5682). It
-- was, and all that is missing goes out again, in slow start up to half of the old window.
-- Try:   -p gap=1s: the more often the wait doubled, the longer it takes after the end.
--        -p gap=300ms: shorter than a time-out. -p cc=cubic.

local cc  = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local gap = param("gap", "10 s", "how long nothing arrives", { min = 0, max = 600 })
local start = 0.4    -- s: when it begins

local client = host("client", { tcp = { cc = cc } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

at(start, function () note "nothing gets through any more" end)
at(start + gap, function () note "the path is back" end)
wire.forward:drop(function () return now() >= start and now() < start + gap end)

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  result("complete_at", now())
  conn:close()
end)
local sender
local timeouts = {}
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("timeout", function ()
    timeouts[#timeouts + 1] = now()
    note(("time-out %d"):format(#timeouts))
  end)
  sender:send "860 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 860000 end)
expect("each wait is twice as long as the one before", function ()
  for i = 3, #timeouts do
    local ratio = (timeouts[i] - timeouts[i - 1]) / (timeouts[i - 1] - timeouts[i - 2])
    if math.abs(ratio - 2) > 0.01 then return false end
  end
  return true
end)
expect("the path is found to be back within one more wait", function ()
  return #timeouts < 2 or timeouts[#timeouts] - (start + gap) < gap + 1
end)
figure "time-sequence"
figure "cwnd"
