-- An asymmetric line: sixteen megabits down, one up.
--
-- Shows: an upload fills the queue of the slow direction, and the acknowledgments of a download have to
-- wait in it: the download suffers from an upload that does not touch its own direction. Sending pure
-- acknowledgments first, or FQ-CoDel, sets it right.
-- Try:   -p queue=priority, -p queue=fq-codel, -p upload=false

local kind   = param("queue", "droptail", "of the uplink", { choices = { "droptail", "priority", "fq-codel" } })
local upload = param("upload", true, "something is sent up meanwhile")

local uplink = kind == "droptail" and "100 pkt" or kind == "priority" and { kind = "priority", classes = { "ACK" } } or { kind = kind }
local home, modem, isp, server = host "home", router "modem", router "isp", host "server"
link(home, modem, { rate = "100 Mbit/s" })
link(modem, isp, { delay = "10 ms", forward = { rate = "1 Mbit/s", queue = uplink }, backward = { rate = "16 Mbit/s", queue = "100 pkt" } })
link(isp, server, { rate = "1 Gbit/s", delay = "5 ms" })
local down = bulk { from = server, to = home, name = "download" }
local up   = upload and bulk { from = home, to = server, name = "upload", start = 10 }
local at_ten
at(10, function () at_ten = down.bytes end)
at("30 s", function ()
  result("alone", at_ten * 8 / 10)
  result("beside_upload", (down.bytes - at_ten) * 8 / 20)
end)
stop_at "30 s"

expect("alone the download has its sixteen megabits", function ()
  return value "alone" > 13e6
end)
expect("the upload costs it a good part, unless ACKs pass", function ()
  if not upload or kind ~= "droptail" then return value "beside_upload" > 10e6 end
  return value "beside_upload" < 0.9 * value "alone"
end)
trace { timeline = false, pcap = false }
figure "throughput"
