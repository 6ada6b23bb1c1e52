-- A peer that has gone away without a word, found out by keepalive.
--
-- Shows: TCP sends nothing while nobody speaks, so a connection whose other end has lost its power
-- looks as alive as any. With keepalive an old, empty segment asks now and then; who knows the
-- connection answers with an ACK. Nobody does: after three unanswered probes it is given up. The
-- standard's idle time is two hours (RFC 1122 4.2.3.6), and it is off unless it is asked for.
-- Try:   -p idle=5s. -p unplugged=false: the server's machine is up again and answers the first
--        probe with a reset.

local idle      = param("idle", "2 s", "silence before the first probe", { min = 0.1 })
local unplugged = param("unplugged", true, "nothing reaches the server any more")

local client = host("client", { tcp = { keepalive = { idle = idle, interval = "1 s", probes = 3 } } })
local server = host "server"
local wire   = link(client, server, { delay = "20 ms" })

server:listen(80, function (conn)
  conn:receive(100)
  sleep "500 ms"
  note "the power fails"
  server:restart()
  if unplugged then wire.forward.loss = 1 end
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(100)
  local _, reason = conn:receive()
  note("receive() fails: " .. reason)
  result("learned_after", now())
  expect("the reader learns why", reason == (unplugged and "timed out" or "reset"))
end)

expect("after the idle time, and three probes when nobody answers", function ()
  local least = idle + (unplugged and 3 or 0)
  return value "learned_after" > least and value "learned_after" < least + 0.5
end)
figure("ladder", { from = "0.5 s" })
