-- Exercise 1: how far away may the server be?
--
-- A program opens a connection, asks, and must have the whole answer 150 ms after it began. Somebody
-- reckoned "75 ms there and 75 ms back" and chose this delay. It is too long. Find the longest delay,
-- in whole milliseconds, with which the answer is there in time. Change only the line below.

local delay = "75 ms"                      -- change this

local client = host "client"
local server = host "server"
link(client, server, { delay = delay })

server:listen(80, function (conn)
  conn:receive(100)
  conn:send(1000)
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(100)
  conn:receive(1000)
  result("answered", now())
end)

expect("answered within 150 ms (count the round trips in the ladder: the handshake is one of them)",
  function () return value "answered" <= 0.150 end)
expect("no nearer than it must be (one millisecond more would be too late)",
  function () return value "answered" + 4 * 0.001 > 0.150 end)
figure "ladder"
