-- Lesson 14: the question in the SYN.
--
-- Shows: a client asks a server twice. The first time the handshake costs a round trip before the
--        question can leave. But it brings a cookie, and with it the second question travels in the
--        SYN. README.md is the lesson's page.
-- Try:   -p grants=false: a server that does not take part. -p delay=100ms. A question too long for a
--        SYN: -p question=2000.

local grants   = param("grants", true, "the server takes part in Fast Open")
local delay    = param("delay", "50 ms", "one-way propagation delay", { min = 0.001, max = 0.2 })
local question = param("question", 200, "bytes that the client asks with", { min = 1, max = 5000 })

local client = host "client"
local server = host("server", { tcp = { fastopen = grants and "server" or "off" } })
link(client, server, { delay = delay })

server:listen(80, function (conn)
  conn:receive(question)
  conn:send(1000)
end)

local function ask(name)
  local asked = now()
  local conn = assert(client:connect(server, 80, { fastopen = question }))
  conn:receive(1000)
  result(name, (now() - asked) / (2 * delay))
end

client:start(function ()
  ask "first_in_round_trips"
  sleep(1 - now())
  ask "second_in_round_trips"
end)

expect("two round trips; one when a cookie is known and the question fits into the SYN", function ()
  local second = grants and question <= 1420 and 1 or 2
  return math.abs(value "first_in_round_trips" - 2) < 0.01 and
    math.abs(value "second_in_round_trips" - second) < 0.01
end)
figure("ladder", { width = "double" })
