-- An old SYN arrives before the new one.
--
-- Shows: why the handshake has three packets. A SYN of an earlier connection, late on its way, is
-- a new one for the server, which answers it; only the client can tell, from the acknowledgement
-- of a number that it did not send. Its reset takes the server back to LISTEN, and the real SYN
-- opens the connection (RFC 9293, figure 8). With two packets the server would be connected to a
-- ghost.
-- Try:   -p again="8 ms": a Linux client sends its SYN again as soon as it has answered the ghost, and
--        overtakes the one that is still under way.
--        The numbers are the RFC's (100, 300, and 90 for the old one): roundtrip show --raw.

local again = param("again", "off", "the client's next SYN after a wrong answer",
                    { choices = { "off", "8 ms" } })

local client = host("client", { tcp = { isn = 100, syn_after_bad_ack = again } })
local server = host("server", { tcp = { isn = 300 } })
local wire   = link(client, server, { delay = "50 ms" })

wire:hold("SYN#1", "250 ms")               -- the new SYN takes a slow way

server:listen(80, function (conn)
  result("accepted_at", now())
end)

client:start(function ()
  local conn = assert(client:connect(server, 80, { from_port = 5000 }))
  result("connect_time", conn.connect_time)
end)
at("10 ms", function ()
  note "an old SYN is still under way"
  client:inject { flags = "SYN", dst = server, sport = 5000, dport = 80, seq = 90 }
end)

expect("the client's reset answers the ghost, and one connection opens", function ()
  return math.abs(value "connect_time" - (again == "off" and 0.35 or 0.218)) < 0.001
end)
figure "ladder"
