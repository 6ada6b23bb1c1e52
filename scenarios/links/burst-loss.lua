-- The same share of losses, one by one and in bursts.
--
-- Shows: the Gilbert-Elliott model loses p / (p + r) of the packets in bursts of 1 / r. A burst costs
-- TCP one cut of its window however many packets it takes, so that of two paths with the same loss
-- rate the one with bursts carries more, as long as a burst does not take a whole window.
-- Try:   -p burst=1 (no difference is left), -p burst=16, -p loss=0.005

local loss  = param("loss", "2 %", "share of data packets that are lost", { min = 0.0001, max = 0.2 })
local burst = param("burst", 4, "mean length of a burst, packets", { min = 1, max = 50 })

local r = 1 / burst
local models = {
  single = loss,
  bursts = { kind = "gilbert-elliott", p = loss * r / (1 - loss), r = r },
}
local wires, loads = {}, {}
for _, name in ipairs { "single", "bursts" } do
  local sender, receiver = host(name), host(name .. "-receiver")
  wires[name] = link(sender, receiver, { rate = "20 Mbit/s", delay = "20 ms", forward = { loss = models[name] } })
  loads[name] = bulk { from = sender, to = receiver, name = name }
end
stop_at "20 s"

local function share(name) return wires[name].forward.dropped_loss / wires[name].forward.sent_packets end
expect("both lose about the same share", function ()
  return math.abs(share "single" / loss - 1) < 0.4 and math.abs(share "bursts" / loss - 1) < 0.6
end)
expect("bursts cost less than single losses", function ()
  return burst < 2 or loads.bursts.bytes > loads.single.bytes
end)
trace { timeline = false, pcap = false }
figure "throughput"
