-- Exercise 7: three questions.
--
-- A program asks three questions, one after the other, and writes each in two pieces of 100 bytes. The
-- round trip is 10 ms, but it takes 670 ms. Make it fast, without more packets than there must be.

local nagle, pieces = true, { 100, 100 }   -- change this

local tcp    = { profile = "rfc9293" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { delay = "5 ms" })

server:listen(80, function (conn)
  for _ = 1, 3 do
    conn:receive(200)
    conn:send(500)
  end
end)

client:start(function ()
  local conn = assert(client:connect(server, 80, { tcp = { nagle = nagle } }))
  for _ = 1, 3 do
    for _, bytes in ipairs(pieces) do conn:send(bytes) end
    conn:receive(500)
  end
  result("took", now())
  result("packets_sent", wire.forward.sent_packets)
end)

expect("a round trip for the handshake and one for each question (who waits for whom?)",
  function () return value "took" < 0.045 end)
expect("one packet for each question (nobody has to write it in two pieces)",
  function () return value "packets_sent" <= 5 end)
figure("ladder", { to = "0.5 s" })
