-- Ready topologies, on the same calls as a scenario makes: host, router, link.
-- They are part of the scenario language; scenarios/README.md says what each gives back.

local graphml_read = graphml_read -- of C, and of no name in a scenario
_ENV.graphml_read = nil

-- -- reading options ------------------------------------------------------------------------------

local function fail(call, text, ...)
  error(call .. ": " .. string.format(text, ...), 4)
end

-- The options with their defaults; an unknown name is an error.
local function options_of(call, given, defaults)
  if given ~= nil and type(given) ~= "table" then
    fail(call, "a table {name = value} is wanted, not a %s", type(given))
  end
  local options, names = {}, {}
  for name, value in pairs(defaults) do
    options[name] = value
    names[#names + 1] = name
  end
  table.sort(names)
  for name, value in pairs(given or {}) do
    if defaults[name] == nil then
      fail(call, "unknown option \"%s\"; accepted: %s", tostring(name), table.concat(names, ", "))
    end
    options[name] = value
  end
  return options
end

local function count_of(call, options, name, least, most)
  local value = options[name]
  if math.type(value) ~= "integer" or value < least or value > most then
    fail(call, "%s = %s: a whole number from %d to %d is wanted", name, tostring(value), least, most)
  end
  return value
end

-- Options for host().
local function host_options(options)
  return { tcp = options.tcp or nil, address = options.address or nil }
end

local none = false

-- -- the topologies -------------------------------------------------------------------------------

-- left1 ... - r1 = r2 - right1 ...
function dumbbell(given)
  local options = options_of("dumbbell", given, { left = 1, right = none, bottleneck = { rate = "10 Mbit/s",
    delay = "20 ms" }, access = { rate = "1 Gbit/s", delay = "1 ms" }, tcp = none, address = none, prefix = "" })
  local left = count_of("dumbbell", options, "left", 1, 100000)
  options.right = options.right or left
  local right = count_of("dumbbell", options, "right", 1, 100000)
  local name = options.prefix
  local net = { left = {}, right = {}, access = {}, routers = { router(name .. "r1"), router(name .. "r2") } }
  for i = 1, left do
    net.left[i] = host(name .. "left" .. i, host_options(options))
    net.access[#net.access + 1] = link(net.left[i], net.routers[1], options.access)
  end
  net.bottleneck = link(net.routers[1], net.routers[2], options.bottleneck)
  for i = 1, right do
    net.right[i] = host(name .. "right" .. i, host_options(options))
    net.access[#net.access + 1] = link(net.routers[2], net.right[i], options.access)
  end
  return net
end

-- Hosts around a router.
function star(given)
  local options = options_of("star", given, { hosts = 4, link = { rate = "100 Mbit/s", delay = "1 ms" }, tcp = none,
    address = none, prefix = "" })
  local count = count_of("star", options, "hosts", 1, 100000)
  local net = { hub = router(options.prefix .. "hub"), hosts = {}, links = {} }
  for i = 1, count do
    net.hosts[i] = host(options.prefix .. "host" .. i, host_options(options))
    net.links[i] = link(net.hosts[i], net.hub, options.link)
  end
  return net
end

-- first - r1 - r2 ... - last
function chain(given)
  local options = options_of("chain", given, { routers = 2, link = { rate = "10 Mbit/s", delay = "10 ms" }, access = none,
    tcp = none, address = none, prefix = "" })
  local count = count_of("chain", options, "routers", 0, 100000)
  local name = options.prefix
  local net = { first = host(name .. "first", host_options(options)), routers = {}, links = {} }
  local before = net.first
  for i = 1, count do
    net.routers[i] = router(name .. "r" .. i)
    net.links[i] = link(before, net.routers[i], i == 1 and options.access or options.link)
    before = net.routers[i]
  end
  net.last = host(name .. "last", host_options(options))
  net.links[count + 1] = link(before, net.last, options.access or options.link)
  return net
end

-- first and last cross every hop between the routers; source i and sink i cross hop i alone.
function parking_lot(given)
  local options = options_of("parking_lot", given, { hops = 3, bottleneck = { rate = "10 Mbit/s", delay = "10 ms" },
    access = { rate = "1 Gbit/s", delay = "1 ms" }, tcp = none, address = none, prefix = "" })
  local hops = count_of("parking_lot", options, "hops", 1, 100000)
  local name = options.prefix
  local net = { routers = {}, bottlenecks = {}, sources = {}, sinks = {}, access = {} }
  local function attach(to, as)
    local end_system = host(name .. as, host_options(options))
    net.access[#net.access + 1] = link(end_system, to, options.access)
    return end_system
  end
  for i = 1, hops + 1 do
    net.routers[i] = router(name .. "r" .. i)
  end
  for i = 1, hops do
    net.bottlenecks[i] = link(net.routers[i], net.routers[i + 1], options.bottleneck)
  end
  net.first = attach(net.routers[1], "first")
  net.last = attach(net.routers[hops + 1], "last")
  for i = 1, hops do
    net.sources[i] = attach(net.routers[i], "source" .. i)
    net.sinks[i] = attach(net.routers[i + 1], "sink" .. i)
  end
  return net
end

-- k pods of k/2 edge and k/2 aggregation switches, (k/2)^2 core switches, k^3/4 hosts
-- (Al-Fares, Loukissas and Vahdat, SIGCOMM 2008).
function fat_tree(given)
  local options = options_of("fat_tree", given, { k = 4, link = { rate = "1 Gbit/s", delay = "5 us" }, tcp = none,
    address = none, prefix = "" })
  local k = count_of("fat_tree", options, "k", 2, 64)
  if k % 2 ~= 0 then
    error("fat_tree: k = " .. k .. ": an even number is wanted", 2)
  end
  local half, name = k // 2, options.prefix
  local net = { hosts = {}, edge = {}, aggregation = {}, core = {}, links = {} }
  local function join(a, b)
    net.links[#net.links + 1] = link(a, b, options.link)
  end
  for i = 1, half * half do
    net.core[i] = router(name .. "core" .. i)
  end
  for pod = 1, k do
    local aggregation, edge = {}, {}
    for i = 1, half do
      aggregation[i] = router(string.format("%sagg%d-%d", name, pod, i))
      net.aggregation[#net.aggregation + 1] = aggregation[i]
      for j = 1, half do
        join(aggregation[i], net.core[(i - 1) * half + j])
      end
    end
    for i = 1, half do
      edge[i] = router(string.format("%sedge%d-%d", name, pod, i))
      net.edge[#net.edge + 1] = edge[i]
      for j = 1, half do
        join(edge[i], aggregation[j])
      end
      for _ = 1, half do
        local end_system = host(name .. "host" .. #net.hosts + 1, host_options(options))
        net.hosts[#net.hosts + 1] = end_system
        join(end_system, edge[i])
      end
    end
  end
  return net
end

-- A network from a file in the form of the Topology Zoo: its nodes are routers, or each a router with
-- a host beside it.
function graphml(file, given)
  local options = options_of("graphml", given, { link = { rate = "10 Gbit/s" }, delay = "1 ms", hosts = false,
    access = { rate = "10 Gbit/s" }, tcp = none, address = none, prefix = "" })
  local read = graphml_read(file)
  local net = { nodes = {}, routers = {}, hosts = {}, links = {}, name = read.name }
  for i, node in ipairs(read.nodes) do
    net.routers[i] = router(options.prefix .. node.name)
    net.nodes[node.label] = net.routers[i]
    if options.hosts then
      net.hosts[i] = host(options.prefix .. node.name .. ".host", host_options(options))
      link(net.hosts[i], net.routers[i], options.access)
    end
  end
  for i, edge in ipairs(read.edges) do
    local own = {}
    for name, value in pairs(options.link) do
      own[name] = value
    end
    own.delay = edge.delay or own.delay or options.delay
    own.rate = edge.rate or own.rate
    net.links[i] = link(net.routers[edge.source], net.routers[edge.target], own)
  end
  return net
end
