-- One segment of a long transfer is lost.
--
-- Shows: every segment that arrives beyond the hole draws an ACK at once. It repeats the number of
-- the missing byte and says by SACK what has come. After three of them segment 20 is believed lost
-- and sent again: a little more than one round trip after it was sent first, long before any
-- time-out. The window comes down to half, not in one step but in step with the ACKs, one new
-- segment for two that have arrived (PRR, RFC 9937), so that the flow never falls silent.
-- Try:   -p prr=false: cwnd falls at once, and nothing new leaves for half a round trip.
--        -p cc=cubic: down to 0.7 only. -p segment=2: the same in the first window; five of ten
--        segments are left.

local cc      = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local prr     = param("prr", true, "cwnd comes down in step with the ACKs")
local segment = param("segment", 20, "which segment is lost", { min = 1, max = 200 })
local delay   = param("delay", "50 ms", "one-way propagation delay", { min = 0.001 })

local client = host("client", { tcp = { cc = cc, prr = prr } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = delay })

wire:drop("client>DATA#" .. segment)

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  conn:close()
end)
local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("loss", function (conn)
    result("loss_at", now())
    result("ssthresh", conn.ssthresh / conn.mss)
    note "segments are believed lost: fast recovery"
  end)
  sender:on("recovered", function (conn)
    result("recovered_at", now())
    result("cwnd_after", conn.cwnd / conn.mss)
    note "all that was out is acknowledged"
  end)
  sender:send "430 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 430000 end)
expect("one segment is sent again, once", function () return sender.retransmits == 1 end)
expect("without a time-out", function () return sender.timeouts == 0 end)
expect("recovery takes about one round trip", function ()
  local time = value "recovered_at" - value "loss_at"
  return time > 2 * delay and time < 2 * delay + 0.05
end)
expect("and ends with cwnd at its new threshold", function ()
  return value "cwnd_after" == value "ssthresh"
end)
figure "time-sequence"
figure "cwnd"
