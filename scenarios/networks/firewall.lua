-- A stateful firewall, and the three ways in which it can say no.
--
-- Shows: the client inside may open connections, and what belongs to them passes in both directions.
--        Somebody outside may open those that a rule allows, port 22 here, and no others: the
--        firewall drops the SYN and says nothing, so that the sender tries for two minutes; or it
--        tells ("prohibited", an ICMP message), or resets in the name of the host inside, and the
--        attempt is over after one round trip.
-- Try:   -p answer=reject and -p answer=reset. A firewall with a short memory forgets the connection
--        while it is silent, and what the server says then is dropped: -p memory="5 s".

local answer = param("answer", "drop", "what becomes of a connection that is not allowed",
                     { choices = { "drop", "reject", "reset" } })
local memory = param("memory", "1 h", "how long it remembers a silent connection", { min = "1 s" })

local client   = host "client"
local server   = host "server"
local fence    = firewall("fence", {
  inside = client,
  inbound = answer,
  established_timeout = memory,
  rules = {
    { "accept", direction = "in", protocol = "TCP", to = client, port = 22 },
  },
})
link(client, fence, { rate = "100 Mbit/s", delay = "1 ms" })
link(fence, server, { rate = "10 Mbit/s", delay = "19 ms" })

server:listen(80, function (conn)
  conn:receive(100)
  conn:send "3 kB"
  sleep "20 s"                     -- silence
  conn:send "1 kB"
  conn:close()
end)
local served
client:start(function ()           -- from inside: allowed
  local conn = assert(client:connect(server, 80))
  conn:send(100)
  served = conn:receive(4000)
  conn:close()
end)

client:listen(22)
client:listen(80)
at("1 s", function ()              -- from outside: port 22 is allowed
  local conn = assert(server:connect(client, 22))
  result("allowed", conn.connect_time)
  conn:close()
end)
at("2 s", function ()              -- port 80 is not
  local conn, reason = server:connect(client, 80)
  result("refused_after", now() - 2)
  note(("the server: %s after %.2f s"):format(reason, now() - 2))
end)

expect("from inside: a connection and its answers, as long as it is remembered", function ()
  return (served == 4000) == (memory > 20)
end)
expect("from outside: one round trip where it is allowed", function ()
  return math.abs(value "allowed" - 0.040) < 0.001
end)
expect("where it is not: two minutes, or half a round trip and back when it is told", function ()
  if answer == "drop" then return value "refused_after" > 60 end
  return math.abs(value "refused_after" - 0.038) < 0.001
end)
expect("rule 1 was asked once", function () return fence:hits(1) == 1 end)
figure("ladder", { from = "0 s", to = "3 s" })
