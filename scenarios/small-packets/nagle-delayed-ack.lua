-- Nagle's algorithm and delayed ACKs wait for each other.
--
-- Shows: a program writes a request in two small pieces and reads the answer. Nagle's algorithm
--        holds the second piece until the first is acknowledged (RFC 1122 4.2.3.4); the receiver
--        delays that ACK, since its application has nothing to say to half a request. Each waits
--        for the other until the delayed-ACK timer fires: 200 ms, for a path of 10 ms.
-- Try:   -p write=together: one piece, one segment, no wait. -p nagle=false: the second piece
--        leaves at once (TCP_NODELAY). -p cork=true: both wait under a cork and leave together.
--        -p profile=linux: quick ACKs hide it at the start of a flow; -p requests=30 finds it.

local write    = param("write", "apart", "the two pieces", { choices = { "apart", "together" } })
local nagle    = param("nagle", true, "Nagle's algorithm")
local cork     = param("cork", false, "a cork in the socket while it writes (TCP_CORK)")
local profile  = param("profile", "rfc9293", "behaviour", { choices = { "rfc9293", "linux" } })
local requests = param("requests", 3, "how many, one after the other", { min = 1, max = 100 })

local client = host("client", { tcp = { profile = profile, nagle = nagle } })
local server = host("server", { tcp = { profile = profile } })
link(client, server, { delay = "5 ms" })

server:listen(80, function (conn)
  while conn:receive(200) do conn:send(500) end
  conn:close()
end)

local slowest = 0
client:start(function ()
  local conn = assert(client:connect(server, 80))
  for _ = 1, requests do
    local before = now()
    if cork then conn:set { cork = true } end
    if write == "together" then
      conn:send(200)
    else
      conn:send(100)
      conn:send(100)
    end
    if cork then conn:set { cork = false } end
    conn:receive(500)
    slowest = math.max(slowest, now() - before)
  end
  conn:close()
  result("slowest_request", slowest)
end)

expect("a round trip, and the delayed ACK where the pieces are apart", function ()
  local waits = write == "apart" and nagle and not cork
  local bound = profile == "linux" and 0.061 or 0.221
  return value "slowest_request" > 0.0099 and value "slowest_request" < (waits and bound or 0.011)
end)
figure("ladder", { to = "300 ms", width = "double" })
