-- A cellular path whose rate follows a trace.
--
-- Shows: the base station's schedule changes from one second to the next by a factor of ten. The queue
-- before it is deep, since losing packets is not what radio people like; a loss-based TCP fills it, and a
-- packet then waits for seconds when the rate falls. The trace beside this file is made up; a recording
-- in Mahimahi's format may take its place.
-- Try:   -p queue=codel, -p queue=fq-codel

local kind = param("queue", "droptail", "at the base station", { choices = { "droptail", "codel", "fq-codel" } })

local server, station, phone = host "server", router "station", host "phone"
link(server, station, { rate = "1 Gbit/s", delay = "20 ms" })
link(station, phone, { delay = "10 ms",
  forward = { rate = { trace = "cellular.trace" }, queue = kind == "droptail" and "500 pkt" or { kind = kind } },
  backward = { rate = "5 Mbit/s" } })
local download = bulk { from = server, to = phone, name = "download" }
local chat = request_response { from = server, to = phone, name = "chat", request = 300, response = 100, requests = "unlimited",
  think = "200 ms", start = 1 }
at("24 s", function ()
  result("throughput", download.bytes * 8 / 24)
  result("chat_95", chat:fct(0.95))
end)
stop_at "24 s"

expect("most of what the radio offers is used", function ()
  return value "throughput" > 3e6 and value "throughput" < 6.5e6
end)
expect("messages wait behind the download, but for CoDel", function ()
  if kind == "droptail" then return value "chat_95" > 0.4 end
  return value "chat_95" < 0.8
end)
trace { timeline = false, pcap = false }
figure("throughput", { link = "station>phone" })
figure("queue", { link = "station>phone" })
