-- Lesson 4: each direction is closed on its own.
--
-- Shows: close() sends a FIN, which takes a sequence number and is acknowledged like a byte. It ends
--        one direction; the other goes on until its own end says so. README.md is the lesson's page.
-- Try:   -p thinks=0: the server's FIN leaves with its ACK, and three packets close as three opened.
--        -p how=reset: abort() in place of close(): one packet, no wait, and the reader is told.

local how    = param("how", "close", "how the client ends", { choices = { "close", "reset" } })
local thinks = param("thinks", "100 ms", "how long the server takes to close", { min = 0 })

local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

local path = { client = {}, server = {} }
local function watch(name, conn)
  conn:on("state", function (_, state) table.insert(path[name], state) end)
end

server:listen(80, function (conn)
  watch("server", conn)
  local _, reason = conn:receive_all()
  note("reads: " .. (reason or "the end"))
  sleep(thinks)
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  watch("client", conn)
  sleep "100 ms"
  if how == "close" then conn:close() else conn:abort() end
end)

expect("the client goes the long way, or, after a reset, none", function ()
  return table.concat(path.client, " ") ==
    (how == "reset" and "CLOSED" or "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED")
end)
expect("the server goes the short way, or, after a reset, none", function ()
  return table.concat(path.server, " ") ==
    (how == "reset" and "CLOSED" or "CLOSE-WAIT LAST-ACK CLOSED")
end)
figure("ladder", { to = "1 s" })
