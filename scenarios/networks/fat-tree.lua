-- A fat-tree, the network of a data centre, in which flows meet although there is room for all of them.
--
-- Shows: every host sends to one in another pod, and the switches' links could carry all that at once.
-- But a switch chooses among equal ways by a hash of the flow: some links get two or three flows while
-- others have none, and the unlucky take twice as long and more (Al-Fares et al., "Hedera", NSDI 2010).
-- With 16 ports it has 1,024 hosts, which several processors simulate together: `mpirun -n 4 roundtrip
-- run --parallel` and the scenario give the same numbers as one.
--
-- Try: -p k=8 for 128 hosts; -p flows=4, where the same bytes go in four flows and chances even out.
local k     = param("k", 4, "ports of a switch: k^3 / 4 hosts", { min = 2, max = 32 })
local size  = param("size", "100 kB", "that each host sends")
local flows = param("flows", 1, "that share it", { min = 1, max = 100 })
local rate  = param("rate", "100 Mbit/s", "of each link")

local net = fat_tree { k = k, link = { rate = rate, delay = "20 us", queue = "100 pkt" } }
local n, loads = #net.hosts, {}
for i = 1, n do
  local to = (i - 1 + n // 2) % n + 1
  loads[i] = bulk { from = net.hosts[i], to = net.hosts[to], bytes = size / flows, count = flows,
    name = "host-" .. i }
end

local function times()
  local first, last = math.huge, 0
  for _, load in ipairs(loads) do
    if load.max_fct < first then first = load.max_fct end
    if load.max_fct > last then last = load.max_fct end
  end
  return first, last
end
expect("every flow is over", function ()
  for _, load in ipairs(loads) do
    if load.completed ~= flows then return false end
  end
  return true
end)
expect("who has a way alone takes little more than its bytes do", function ()
  local first = times()
  return flows > 1 or first < 1.5 * size * 8 / rate
end)
expect("who shares one takes twice as long, or more", function ()
  local first, last = times()
  return flows > 1 or last > 1.8 * first
end)
figure "topology"
