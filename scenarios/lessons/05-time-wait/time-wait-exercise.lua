-- Exercise 5: keep the wait away from the server.
--
-- A busy server has no memory to spare for a minute of TIME-WAIT after each answer. Nothing can be
-- taken out of the protocol, but somebody else can wait. Change what the server does, so that the
-- client's FIN is the first. (The client knows how long the answer is: 10,000 bytes.)

local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

local waited = { client = false, server = false }
local function watch(name, conn)
  conn:on("state", function (_, state)
    if state == "TIME-WAIT" then waited[name] = true end
  end)
end

server:listen(80, function (conn)
  watch("server", conn)
  conn:receive(100)
  conn:send(10000)
  -- change this: one more line here
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  watch("client", conn)
  conn:send(100)
  result("answered", (conn:receive(10000)))
  conn:close()
end)

expect("the client has its answer", function () return value "answered" == 10000 end)
expect("no TIME-WAIT at the server (who closes first waits: let the server read to the end first)",
  function () return not waited.server end)
expect("the client is the one who waits (it closes when it has its 10,000 bytes)",
  function () return waited.client end)
figure("ladder", { to = "1 s" })
