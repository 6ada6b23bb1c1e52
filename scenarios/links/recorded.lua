-- Losses and delays as they were recorded, packet by packet.
--
-- Shows: a model says how often; a trace says which. The files have a number a line: 0 or 1 for
-- arrived or lost, and what is added to the delay in seconds. At their end they begin anew.
-- Try:   -p delays=false, -p losses=false

local losses = param("losses", true, "lose what the trace says")
local delays = param("delays", true, "delay as the trace says")

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "5 Mbit/s", delay = "20 ms", forward = {
  loss = losses and { kind = "trace", file = "recorded.loss" } or nil,
  jitter = delays and { kind = "trace", file = "recorded.delay" } or nil,
} })
local conn
receiver:listen(80, function (accepted) accepted:receive_all() accepted:close() end)
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:send "500 kB"
  conn:close()
end)

expect("packets 21, 22, 71 ... are lost", function ()
  return not losses or wire.forward.dropped_loss >= 10
end)
expect("what was lost is sent again", function () return conn.retransmits >= wire.forward.dropped_loss end)
figure "time-sequence"
