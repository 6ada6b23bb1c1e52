-- One end aborts: a reset in place of a FIN.
--
-- Shows: abort() throws away what is queued and tells the other end at once. No acknowledgement,
-- no TIME-WAIT: the connection is simply gone at both ends, and the reader learns "reset", not the
-- end of the data.
-- Try:   close instead of abort. Or let the client close while the server's answer lies unread in
--        its buffer: that, too, sends a reset, since data would be lost without a word.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
link(client, server, { delay = delay })

server:listen(80, function (conn)
  local count, reason, received = conn:receive "10 kB"
  note("receive() fails: " .. tostring(reason))
  result("received", received)
  expect("the reader learns \"reset\"", count == nil and reason == "reset")
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(5000)
  sleep "500 ms"
  conn:abort()
  result("state_is_closed", conn.state == "CLOSED" and 1 or 0)
end)

expect("what came before the reset has arrived", function () return value "received" == 5000 end)
expect("no TIME-WAIT", function () return value "state_is_closed" == 1 end)
figure "ladder"
