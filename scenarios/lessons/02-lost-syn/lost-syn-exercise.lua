-- Exercise 2: which packet was lost?
--
-- Of a real connection only this is known: the client was connected after 100 ms, as ever, but the
-- server took 1.15 s. Three packets were sent and one of them was lost the first time. Which one?
-- Change the rule so that the run agrees with what was seen.

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = "50 ms" })

wire:drop "SYN#1"                          -- change this

server:listen(80, function ()
  result("server_connected", now())
end)

client:start(function ()
  assert(client:connect(server, 80))
  result("client_connected", now())
end)

expect("the client is connected after 100 ms (so what it sent and what it got first were not lost)",
  function () return math.abs(value "client_connected" - 0.1) < 1e-9 end)
expect("the server is connected after 1.15 s (it waited a second for something)",
  function () return math.abs(value "server_connected" - 1.15) < 1e-9 end)
figure "ladder"
