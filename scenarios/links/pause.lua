-- A transmitter that stops for a moment and goes on, as a radio does that looks for its base station.
--
-- Shows: nothing is lost that fits the queue before it; the packets wait, and then leave in a row. A
--        pause that is longer than the time-out makes TCP send again what is only late: it finds out
--        by the first acknowledgment that comes (F-RTO) and takes the cut of its window back.
-- Try:   -p pause="100 ms", -p pause="2 s", a short queue: -p queue=5.

local pause = param("pause", "600 ms", "how long it stops", { min = 0.01, max = 30 })
local queue = param("queue", 200, "packets that may wait", { min = 1 })

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms", forward = { queue = queue .. " pkt" } })
local watched
receiver:listen(80, function (conn)
  conn:receive_all()
  result("done", now())
  conn:close()
end)
sender:start(function ()
  watched = assert(sender:connect(receiver, 80))
  watched:send "1 MB"
  watched:close()
end)
at("0.5 s", function ()
  wire.forward:pause()
  sleep(pause)
  result("waited", wire.forward.queue_packets)
  wire.forward:resume()
end)

expect("it takes longer by about the pause", function ()
  return value "done" > 0.8 + pause and value "done" < 2.2 + 2 * pause
end)
expect("what fits the queue is not lost", function ()
  return queue < 100 or wire.forward.dropped_packets == 0
end)
figure "time-sequence"
