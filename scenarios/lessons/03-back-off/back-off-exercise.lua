-- Exercise 3: the cable is back, and nobody looks.
--
-- The cable is unplugged for the first ten seconds. It is back at 10 s, but the client, which has
-- backed off, sends its next SYN only at 15 s. Choose another first time-out, so that the client is
-- connected before 11 s. RFC 6298 (2.1) wants at least one second.

local first = "1 s"                        -- change this

local client = host("client", { tcp = { profile = "rfc9293", initial_rto = first } })
local server = host "server"
local wire   = link(client, server, { delay = "50 ms" })

wire:drop(function () return now() < 10 end)

server:listen(80)
client:start(function ()
  assert(client:connect(server, 80))
  result("client_connected", now())
end)

expect("connected before 11 s (with a first time-out T, SYNs leave at 0, T, 3T, 7T, 15T ...)",
  function () return value "client_connected" < 11 end)
expect("a first time-out of at least one second (RFC 6298, 2.1)",
  function () return quantity(first) >= 1 end)
figure "ladder"
