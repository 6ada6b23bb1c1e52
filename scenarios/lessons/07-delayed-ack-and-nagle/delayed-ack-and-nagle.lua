-- Lesson 7: two savings that wait for each other.
--
-- Shows: a program writes its question in two pieces. Nagle's algorithm keeps the second back until
--        the first is acknowledged; the receiver keeps that ACK back, in case there is an answer to
--        send with it. README.md is the lesson's page.
-- Try:   -p together=true: one piece. -p nagle=false: the second leaves at once. -p delayed_ack=0:
--        the ACK does. -p delayed_ack=40ms: as Linux has it.

local together    = param("together", false, "the question is written at once, not in two pieces")
local nagle       = param("nagle", true, "a short segment waits while data is unacknowledged")
local delayed_ack = param("delayed_ack", "200 ms", "how long an ACK may wait", { min = 0, max = 0.5 })
local delay       = param("delay", "5 ms", "one-way propagation delay", { min = 0 })

local tcp    = { profile = "rfc9293", nagle = nagle, delayed_ack = delayed_ack }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
link(client, server, { delay = delay })

server:listen(80, function (conn)
  conn:receive(200)
  conn:send(500)
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep "20 ms"
  local asked = now()
  if together then
    conn:send(200)
  else
    conn:send(100)
    conn:send(100)
  end
  conn:receive(500)
  result("answered_after", now() - asked)
end)

expect("a round trip; two and the delay of the ACK when each waits for the other", function ()
  local wait = (together or not nagle) and 0 or delayed_ack + 2 * delay
  return math.abs(value "answered_after" - (2 * delay + wait)) < 1e-6
end)
figure "ladder"
