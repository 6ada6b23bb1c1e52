-- What the language's objects say of themselves, and the order of tables.
local client = host("client", { address = "10.1.0.1" })
local server = host "server"
local core = router "core"
local west = link(client, core, { rate = "10 Mbit/s", delay = "5 ms", forward = { delay = "7 ms" } })
local east = link(core, server, { mtu = 1400 })
local second = link(core, server)

expect("names and addresses", client.name == "client" and client.address == "10.1.0.1" and
  server.address ~= core.address)
expect("links are called by their ends", west.name == "client-core" and
  second.name == "core-server.2" and second.forward.name == "core>server.2")
expect("a direction apart", west.forward.delay == 0.007 and west.backward.delay == 0.005 and
  west.forward.rate == 1e7)
expect("toward", west:toward(client) == west.backward and west:toward(core) == west.forward)
expect("defaults", east.forward.mtu == 1400 and second.forward.mtu == 1500 and
  second.forward.rate == 0 and second.forward.delay == 0)
expect("texts without addresses of memory",
  tostring(client) == "host client" and tostring(core) == "router core" and
  tostring(west) == "link client-core" and tostring({}) == "table" and
  string.format("%s %s", west.forward, print) == "direction client>core function")

local order = {}
for key in pairs { b = 1, [10] = 2, a = 3, [2.5] = 4, [true] = 5, [server] = 6, [client] = 7 } do
  order[#order + 1] = tostring(key)
end
expect("pairs has an order", table.concat(order, " ") ==
  "2.5 10 a b true host client host server")
expect("next has the same", next { z = 1, y = 2 } == "y" and next({ z = 1, y = 2 }, "y") == "z" and
  next {} == nil)

local t = { a = 1, b = 2, c = 3 }
local kept = 0
for key in pairs(t) do
  t[key] = nil
  t.c = nil
  kept = kept + 1
end
expect("what is taken away meanwhile is left out", kept == 2)
expect("__pairs is honoured", function ()
  local odd = setmetatable({}, { __pairs = function () return function (_, k)
    if not k then return 1, "one" end
  end, nil, nil end })
  for k, v in pairs(odd) do return k == 1 and v == "one" end
end)

own_global = 5
expect("globals of one's own", own_global == 5 and _G.own_global == 5)
expect("an undefined global can be asked for with rawget", rawget(_G, "nothing") == nil)
expect("reading one raises", not pcall(function () return nothing end))
expect("load takes text", load "return 1 + 1"() == 2)
expect("load in an environment", load("return x", "chunk", "t", { x = 3 })() == 3)
expect("no bytecode", string.dump == nil)

local parts = require "parts.helpers"
expect("require", parts.double(21) == 42 and require "parts.helpers" == parts)
