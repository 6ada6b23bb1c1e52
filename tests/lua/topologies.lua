-- Ready topologies: what they are made of, and that packets find their way.
local bell = dumbbell { left = 2, right = 3, prefix = "d.", bottleneck = { rate = "5 Mbit/s", delay = "3 ms" } }
local round = star { hosts = 5, prefix = "s." }
local row = chain { routers = 3, prefix = "c.", link = { delay = "5 ms" }, access = { delay = "1 ms" } }
local lot = parking_lot { hops = 2, prefix = "p." }
local tree = fat_tree { k = 4, prefix = "t." }
local zoo = graphml("data/zoo.graphml", { hosts = true, link = { rate = "100 Mbit/s", queue = "50 pkt" }, delay = "7 ms" })
local loads = {
  bulk { from = bell.left, to = { bell.right[1], bell.right[3] }, bytes = 10000 },
  bulk { from = round.hosts[1], to = round.hosts[5], bytes = 10000 },
  bulk { from = row.first, to = row.last, bytes = 10000 },
  bulk { from = lot.first, to = lot.last, bytes = 10000 }, bulk { from = lot.sources, to = lot.sinks, bytes = 10000 },
  bulk { from = tree.hosts[1], to = tree.hosts[16], bytes = 10000 }, bulk { from = zoo.hosts[1], to = zoo.hosts[3], bytes = 10000 },
}
expect("every load arrives", function ()
  for _, load in ipairs(loads) do
    if load.failed > 0 or load.completed ~= load.started or load.completed == 0 then return false end
  end
  return true
end)
expect("dumbbell", function () return #bell.left == 2 and #bell.right == 3 and bell.bottleneck.forward.delay == 0.003 end)
expect("star and chain", function () return #round.hosts == 5 and #row.routers == 3 and #row.links == 4 and row.links[1].forward.delay == 0.001 end)
expect("parking lot", function () return #lot.bottlenecks == 2 and #lot.sources == 2 and lot.bottlenecks[2].forward.delivered_packets > 10 end)
expect("fat-tree", function ()
  return #tree.hosts == 16 and #tree.edge == 8 and #tree.aggregation == 8 and #tree.core == 4 and #tree.links == 48
end)
expect("from a file", function ()
  return zoo.name == "Triangle" and #zoo.routers == 3 and zoo.nodes.Wien == zoo.routers[1] and zoo.nodes["Berlin Mitte"].name == "Berlin_Mitte"
end)
expect("524 km take 2.6 ms, a node without coordinates what was said", function ()
  return math.abs(zoo.links[1].forward.delay - 0.00262) < 0.00003 and zoo.links[2].forward.delay == 0.007
end)
expect("rates", function () return zoo.links[1].forward.rate == 1e9 and zoo.links[2].forward.rate == 1e8 end)
