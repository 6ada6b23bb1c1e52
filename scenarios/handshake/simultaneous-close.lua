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

expect("both pass through CLOSING into TIME-WAIT", function ()
  local whole = "FIN-WAIT-1 CLOSING TIME-WAIT CLOSED"
  return table.concat(path.client, " ") == whole and table.concat(path.server, " ") == whole
end)
figure("ladder", { to = "1 s" })
