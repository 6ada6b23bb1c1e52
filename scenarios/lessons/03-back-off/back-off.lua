-- Lesson 3: whoever hears nothing waits longer each time.
--
-- Shows: three SYNs are lost. The client waits 1 s, 2 s and 4 s: each time-out is twice the one before
--        (RFC 6298, 5.5), since silence may mean that the network is full. README.md is the page.
-- Try:   -p lost=5, and reckon first. -p profile=linux: Linux waits one second for each of the first
--        five, and doubles only then. -p initial_rto=3s: as it was before 2011.

local lost        = param("lost", 3, "how many SYNs are lost", { min = 0, max = 6 })
local initial_rto = param("initial_rto", "1 s", "the first time-out", { min = 1, max = 10 })
local profile     = param("profile", "rfc9293", "behaviour", { choices = { "rfc9293", "linux" } })

local client = host("client", { tcp = { profile = profile, initial_rto = initial_rto } })
local server = host "server"
local wire   = link(client, server, { delay = "50 ms" })

if lost > 0 then wire:drop("SYN#1-" .. lost) end

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
  result("client_connected", now())
end)

expect("waits of 1, 2, 4 ... first time-outs, then a round trip (Linux is quicker)", function ()
  local textbook = (2 ^ lost - 1) * initial_rto + 0.1
  if profile == "linux" then return value "client_connected" <= textbook + 1e-9 end
  return math.abs(value "client_connected" - textbook) < 1e-9
end)
figure "ladder"
