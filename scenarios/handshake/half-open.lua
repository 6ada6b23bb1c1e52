-- The client crashes and comes back; the server has not noticed.
--
-- Shows: a connection whose one end is gone is half-open, and nothing tells the other end while
-- nobody speaks. The client returns with a new SYN from the same port; the server, still
-- ESTABLISHED, answers with an ACK of what it expects (a challenge ACK), which is wrong for the
-- client: it sends a reset, the server learns the truth, and the next SYN opens a new connection
-- (RFC 9293, figure 9). Linux sends that SYN at once (two ticks of its clock after the reset): it
-- knows now why it was not answered.
-- Try:   -p profile=rfc9293: the RFC says nothing of the kind, and the next SYN waits for its
--        time-out, the second that a lost one costs.
--        roundtrip show --raw its folder: the client's number is 100, then 400. Let the
--        server speak first instead of the client: its data is answered by a reset (figure 10).

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local profile = param("profile", "linux", "of the client", { choices = { "linux", "rfc9293" } })

local client = host("client", { tcp = { profile = profile, isn = 100 } })
local server = host "server"
link(client, server, { delay = delay })

local ends = {}
server:listen(80, function (conn)
  local count, reason = conn:receive()
  ends[#ends + 1] = reason or "data"
end)

client:start(function ()
  client:connect(server, 80, { from_port = 5000 })
end)
at("1 s", function ()
  note "the client loses its power"
  client:restart()
end)
at("2 s", function ()
  local started = now()
  local conn = assert(client:connect(server, 80, { from_port = 5000, tcp = { isn = 400 } }))
  result("reconnect_time", now() - started)
  conn:send(100)
end)

expect("the server's old connection ends by a reset", function () return ends[1] == "reset" end)
expect("the new one carries data", function () return ends[2] == "data" end)
-- The answer of the wrong one and that of the right one; between them the SYN's time-out, or 8 ms.
local waits = profile == "linux" and 2 * delay + 0.008 or 1
expect("the next SYN comes at once, or waits its time", function ()
  return math.abs(value "reconnect_time" - (waits + 2 * delay)) < 0.001
end)
figure "ladder"
