-- A header and a file: the cork.
--
-- Shows: a server writes a header of 200 bytes and then the body, in two calls. The header would
--        leave alone, in a segment of its own. With a cork in the socket (Linux's TCP_CORK) only
--        full segments leave; pulling it lets out the rest. A cork that is forgotten holds the last
--        piece for one time-out and no longer.
-- Try:   -p cork=false: the header leaves alone, and the tail of the body, less than a segment
--        behind another short one, waits by Nagle's algorithm for its ACK: a round trip more.
--        -p forgotten=true: the tail comes 0.2 s late.

local cork      = param("cork", true, "cork the socket")
local forgotten = param("forgotten", false, "and never pull it")

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = "10 ms" })

server:listen(80, function (conn)
  conn:receive(100)
  conn:set { cork = cork }
  conn:send(200)
  conn:send(3000)
  if not forgotten then conn:set { cork = false } end
  conn:receive_all()
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  local before = now()
  conn:send(100)
  conn:receive(3200)
  result("answer_after", now() - before)
  conn:close()
end)

expect("one round trip, two without a cork, and a time-out when it is forgotten", function ()
  local wanted = not cork and 0.04 or forgotten and 0.26 or 0.02
  return math.abs(value "answer_after" - wanted) < 0.001
end)
figure("ladder", { to = "300 ms", width = "double" })
