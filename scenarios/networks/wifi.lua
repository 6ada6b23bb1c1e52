-- A last hop over radio: losses in bursts, jitter, and retransmissions of its own.
--
-- Shows: a wireless hop is a link with a rate, a loss model and jitter here. Losses that have nothing to
-- do with congestion cut TCP's window all the same; a link layer that repeats lost frames turns them
-- into jitter, which TCP bears much better.
-- Try:   -p repeats=true, -p cc=westwood

local repeats = param("repeats", false, "the link layer repeats lost frames, which takes time")
local cc      = param("cc", "cubic", "congestion control", { choices = { "reno", "cubic", "westwood" } })

local server, point, laptop = host("server", { tcp = { cc = cc } }), router "point", host "laptop"
link(server, point, { rate = "100 Mbit/s", delay = "20 ms" })
local radio = link(point, laptop, { rate = "25 Mbit/s", delay = "2 ms", queue = "100 pkt",
  loss = repeats and { kind = "gilbert-elliott", p = 0.0002, r = 0.3 } or { kind = "gilbert-elliott", p = 0.005, r = 0.3 },
  jitter = repeats and { kind = "exponential", mean = "2 ms" } or { kind = "exponential", mean = "500 us" } })
local load = bulk { from = server, to = laptop, name = "download" }
at("20 s", function ()
  result("throughput", load.bytes * 8 / 20)
  result("lost", radio.forward.dropped_loss)
end)
stop_at "20 s"

expect("losses on the radio cost throughput; repeating them saves it", function ()
  if repeats then return value "throughput" > 10e6 end
  return value "throughput" < 20e6
end)
trace { timeline = false, pcap = false }
figure "cwnd"
