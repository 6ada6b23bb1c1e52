-- W1: one bulk flow over three links, for 1,000 simulated seconds.
local time = param("time", "1000 s", "to simulate")
local record = param("record", "all", "of what can be recorded: all, timeline or captures")
local a, b = host "a", host "b"
local r1, r2 = router "r1", router "r2"
link(a, r1, { rate = "100 Mbit/s", delay = "1 ms", queue = "1000 pkt" })
link(r1, r2, { rate = "10 Mbit/s", delay = "20 ms", queue = "100 pkt" })
link(r2, b, { rate = "100 Mbit/s", delay = "1 ms", queue = "1000 pkt" })
local load = bulk { from = a, to = b }
stop_at(time)
if record ~= "all" then
  trace { timeline = record == "timeline", pcap = record == "captures", tcp = false, links = false }
end
expect("goodput as on the wire", function () return load.bytes * 8 / now() > 9.2e6 end)
