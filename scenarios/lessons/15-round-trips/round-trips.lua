-- Lesson 15: how often there and back?
--
-- Shows: how many round trips it takes until an answer is here, over TCP, TLS and QUIC. This is a
--        model: messages go to and fro in the order of the protocols and with about their sizes;
--        nothing is enciphered, and over UDP nothing is repeated or acknowledged. README.md is the
--        lesson's page.
-- Try:   -p over="TLS 1.3", -p over="TLS 1.3 early data": what is known is not asked for.
--        -p over=QUIC, -p over="QUIC 0-RTT", -p over="QUIC 0-RTT" -p delay=270ms.

local over  = param("over", "TLS 1.2", "what the question goes over",
  { choices = { "TCP", "TLS 1.2", "TLS 1.3", "TLS 1.3 early data", "QUIC", "QUIC 0-RTT" } })
local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0.001, max = 0.5 })

-- What the client says, in bytes, and what it has to hear before it can say the next.
local exchanges = ({
  ["TCP"] = {
    { "question", 200, "answer", 1000 } },
  ["TLS 1.2"] = {
    { "ClientHello", 250, "ServerHello, certificate", 3000 },
    { "key, Finished", 130, "Finished", 50 },
    { "question", 200, "answer", 1000 } },
  ["TLS 1.3"] = {
    { "ClientHello, key", 300, "ServerHello, key, certificate, Finished", 3000 },
    { "Finished, question", 280, "answer", 1000 } },
  ["TLS 1.3 early data"] = {
    { "ClientHello, key, question", 600, "ServerHello, key, Finished, answer", 1200 } },
  ["QUIC"] = {
    { "ClientHello, key", 1200, "ServerHello, key, certificate, Finished", 3000 },
    { "Finished, question", 280, "answer", 1000 } },
  ["QUIC 0-RTT"] = {
    { "ClientHello, key, question", 1200, "ServerHello, key, Finished, answer", 1200 } },
})[over]

local client = host "client"
local server = host "server"
link(client, server, { delay = delay })

local function ask(say, hear)
  for _, exchange in ipairs(exchanges) do
    note(exchange[1])
    say(exchange[2])
    hear(exchange[4])
  end
  result("round_trips", now() / (2 * delay))
end
local function answer(say, hear)
  for _, exchange in ipairs(exchanges) do
    hear(exchange[2])
    note(exchange[3])
    say(exchange[4])
  end
end

-- How one says and hears so many bytes, over the one and the other.
local function tcp(conn)
  return function (size) conn:send(size) end, function (size) conn:receive(size) end
end
local function udp(socket, peer, port)
  socket:connect(peer, port)
  local function say(size)
    for sent = 0, size - 1, 1200 do socket:send(math.min(1200, size - sent)) end
  end
  local function hear(size)
    while size > 0 do size = size - socket:receive_from() end
  end
  return say, hear
end

if over:find "QUIC" then
  server:start(function () answer(udp(server:udp(443), client, 50000)) end)
  client:start(function () ask(udp(client:udp(50000), server, 443)) end)
else
  server:listen(443, function (conn) answer(tcp(conn)) end)
  client:start(function () ask(tcp(assert(client:connect(server, 443)))) end)
end

expect("a round trip for each exchange, and one for the handshake of TCP", function ()
  return math.abs(value "round_trips" - (#exchanges + (over:find "QUIC" and 0 or 1))) < 1e-9
end)
figure("ladder", { fields = "len", width = "double" })
