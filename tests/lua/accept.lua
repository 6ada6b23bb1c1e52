-- Listeners without a handler, and what ends a connection without a FIN.
local client, server = host "client", host "server"
link(client, server, { delay = "10 ms" })
local log = {}

server:start(function ()
  local listener = server:listen(80, { backlog = 5 })
  local conn, reason = listener:accept "5 ms"
  log.patience = conn == nil and reason == "timed out" and now() == 0.005
  conn = assert(listener:accept())
  local nothing, why = conn:receive()
  log.reset = nothing == nil and why == "reset"
  conn = assert(listener:accept())
  server:restart()
  nothing, why = conn:receive()
  log.restarted = nothing == nil and conn.state == "CLOSED"
  spawn(function ()
    sleep(1)
    listener:close()
  end)
  conn = assert(listener:accept())
  conn:vanish()
  log.vanished = conn.state == "CLOSED"
  conn, reason = listener:accept()
  log.closed = conn == nil and reason == "closed"
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  local changes = {}
  conn:on("state", function (self, state, before)
    sleep(0.001) -- a handler may wait
    changes[#changes + 1] = before .. ">" .. state
    assert(self == conn)
  end)
  sleep(0.1)
  conn:abort()
  sleep(0.5)
  log.watched = table.concat(changes, " ") == "ESTABLISHED>CLOSED"
  conn = assert(client:connect(server, 80))
  sleep(0.1)
  conn:send(10)
  local nothing, why = conn:receive()
  log.half_open = nothing == nil and why == "reset"
  conn = assert(client:connect(server, 80))
  conn:set { nagle = false }
  sleep(2)
  conn:abort()
end)

for _, name in ipairs { "patience", "reset", "restarted", "vanished", "closed", "watched",
  "half_open" } do
  expect(name, function () return log[name] end)
end
