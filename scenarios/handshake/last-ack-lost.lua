-- The very last ACK is lost: what TIME-WAIT is for.
--
-- Shows: the server cannot know whether its FIN arrived. It sends it again after its time-out, and
-- because the client is still in TIME-WAIT there is somebody to acknowledge it. The one who sends
-- the last ACK never learns whether it arrived: that is why it waits.
-- Try:   client = host("client", { tcp = { time_wait = 0 } }): the repeated FIN finds no
--        connection and is answered by a reset.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

wire:drop "client>ACK#2"                   -- the first completes the handshake

local states = {}
server:listen(80, function (conn)
  conn:on("state", function (_, state) states[#states + 1] = state end)
  conn:receive_all()
  sleep "20 ms"
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  sleep "400 ms"
  conn:close()
  sleep "1 s"
  result("state_is_time_wait", conn.state == "TIME-WAIT" and 1 or 0)
end)

expect("the server closes in order in the end", function ()
  return table.concat(states, " ") == "CLOSE-WAIT LAST-ACK CLOSED"
end)
expect("the client is in TIME-WAIT all the while", function ()
  return value "state_is_time_wait" == 1
end)
figure("ladder", { to = "2 s" })
