-- Exercise 4: the question is over, the answer is not.
--
-- The client sends a question of unknown length, says by a FIN that this was all, and wants to read
-- the answer. But it has closed its socket: nobody is there to read, and what arrives is answered by
-- a reset. Change one word, so that the FIN leaves as before and the answer is read.

local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

server:listen(80, function (conn)
  result("asked", (conn:receive_all()))
  conn:send "10 kB"
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(300)
  conn:close()                             -- change this
  local _, reason, got = conn:receive(10000)
  result("answered", reason and got or 10000)
end)

expect("the server sees the end of the question",
  function () return value "asked" == 300 end)
expect("the client reads 10 kB (close() gives up reading too: which call ends sending only?)",
  function () return value "answered" == 10000 end)
figure("ladder", { to = "1 s" })
