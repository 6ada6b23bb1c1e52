-- Both ends close at the same moment.
--
-- Shows: the FINs cross, each end acknowledges the other's, and both go through CLOSING into
-- TIME-WAIT (RFC 9293, figure 13). With an ordinary close only the one who closed first waits.
-- Try:   let the server close 60 ms later (-p lag=60ms): it is an ordinary close again.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local lag   = param("lag", "0 ms", "how much later the server closes", { min = 0 })

local client = host "client"
local server = host "server"
link(client, server, { delay = delay })

local path = { client = {}, server = {} }
local function watch(name, conn)
  conn:on("state", function (_, state) table.insert(path[name], state) end)
end

server:listen(80, function (conn)
  watch("server", conn)
  sleep(0.5 + lag - now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  watch("client", conn)
  sleep(0.5 - now())
  conn:close()
end)

expect("both pass through CLOSING into TIME-WAIT, and only the first when the FINs do not cross", function ()
  local first, second = "FIN-WAIT-1 CLOSING TIME-WAIT CLOSED", "FIN-WAIT-1 CLOSING TIME-WAIT CLOSED"
  if lag >= delay then
    first, second = "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED", "CLOSE-WAIT LAST-ACK CLOSED"
  end
  return table.concat(path.client, " ") == first and table.concat(path.server, " ") == second
end)
figure("ladder", { to = "1 s" })
