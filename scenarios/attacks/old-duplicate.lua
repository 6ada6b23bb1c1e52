-- A segment of an old connection turns up in a new one: what TIME-WAIT and timestamps are for.
--
-- Shows: one segment of the first connection is held back for a second by the network. Meanwhile
--        both ends are done with each other, and a second connection is made between the same two ports,
--        with nearly the same sequence numbers. The old segment fits its window. With timestamps
--        its own betrays it (PAWS, RFC 7323 5); without them it is taken for new data, and the receiver
--        has something that nobody sent it. TIME-WAIT is there to keep this from happening: it would have
--        forbidden the second connection for a minute; here it was cut short to let us see.
-- Try:   -p timestamps=false: the server gets 999 bytes of the wrong connection.

local timestamps = param("timestamps", true, "timestamps on both ends")

local tcp = { timestamps = timestamps, time_wait = "100 ms", sack = false, tail_loss_probe = false, nagle = false }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { delay = "10 ms" })

wire:copy("client>DATA#2", "1 s")          -- a copy of the second segment wanders about

local function text(letter) return string.rep(letter, 1000) end
local received = {}
local function serve(conn)
  local _, bytes = conn:receive_all()
  received[#received + 1] = bytes
  conn:close()
end
local listener = server:listen(80, serve, { tcp = { isn = 1000 } })

client:start(function ()
  local conn = assert(client:connect(server, 80, { from_port = 50000, tcp = { isn = 1000 } }))
  for _ = 1, 3 do conn:write(text "a") end
  conn:shutdown()
  conn:receive_all()
  conn:close()
  sleep(0.95 - now())
  note "a new connection between the same ports"
  listener:close()
  server:listen(80, serve, { tcp = { isn = 1001 } })
  conn = assert(client:connect(server, 80, { from_port = 50000, tcp = { isn = 1001 } }))
  conn:write(text "b")
  sleep(1.2 - now())
  for _ = 1, 2 do conn:write(text "b") end
  conn:shutdown()
  conn:receive_all()
  conn:close()
  result("foreign_bytes", select(2, received[2]:gsub("a", "")))
end)

expect("the first connection's bytes arrive", function () return received[1] == string.rep("a", 3000) end)
expect("and the second's, with timestamps; without them an old segment is among them", function ()
  return #received[2] == 3000 and value "foreign_bytes" == (timestamps and 0 or 999)
end)
figure("ladder", { width = "double" })
