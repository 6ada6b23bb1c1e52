-- An orderly close: each direction is ended on its own.
--
-- Shows: close() sends a FIN, which takes a sequence number and is acknowledged like data. The end
-- that closes first goes FIN-WAIT-1, FIN-WAIT-2, TIME-WAIT and keeps the connection's memory for
-- another minute (two maximum segment lifetimes), so that a late packet, or a lost last ACK, meets
-- somebody who knows. The other goes CLOSE-WAIT, LAST-ACK, CLOSED.
-- Try:   handshake/last-ack-lost.lua shows what TIME-WAIT is for. tcp = { time_wait = "240 s" } is
--        the standard's value.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local thinks = param("thinks", "200 ms", "how long the server takes to close", { min = 0 })

local client = host "client"
local server = host "server"
link(client, server, { delay = delay })

local path = { client = {}, server = {} }
local function watch(name, conn)
  conn:on("state", function (_, state)
    table.insert(path[name], state)
    if state == "CLOSED" then result(name .. "_closed_at", now()) end
  end)
end

server:listen(80, function (conn)
  watch("server", conn)
  conn:receive_all()
  sleep(thinks)
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  watch("client", conn)
  sleep "100 ms"
  conn:close()
end)

expect("the one who closes first waits", function ()
  return table.concat(path.client, " ") == "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"
end)
expect("the other does not", function ()
  return table.concat(path.server, " ") == "CLOSE-WAIT LAST-ACK CLOSED"
end)
expect("for sixty seconds", function () return value "client_closed_at" > 60 end)
figure("ladder", { to = "1 s" })
