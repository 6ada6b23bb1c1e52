-- A middlebox that takes TCP options out of the handshake.
--
-- Shows: options are agreed on in the SYN and the SYN+ACK, and neither end can see what somebody in
--        between took out. Without SACK-permitted in the SYN the connection works, but a window with
--        three losses is mended one round trip at a time. Taking the window scale out of the SYN+ACK
--        alone does worse: the server believes that it was agreed on and the client that it was not,
--        so that each understands other windows than were meant.
-- Try:   -p strip=timestamps, -p strip=nothing; with -p from=server it is the SYN+ACK that loses the
--        option: -p strip=window_scale -p from=server.

local strip = param("strip", "sack_permitted", "the option that the middlebox takes out",
                    { choices = { "nothing", "mss", "sack_permitted", "timestamps", "window_scale" } })
local from  = param("from", "client", "of whose segments", { choices = { "client", "server" } })

local plain  = { quick_acks = false } -- a short ladder
local client = host("client", { tcp = plain })
local server = host("server", { tcp = plain })

local box = middlebox("box", function (packet, neighbour)
  if strip ~= "nothing" and neighbour == from then
    packet[strip] = nil
  end
end)

local wire = link(client, box, { rate = "10 Mbit/s", delay = "20 ms" })
link(box, server, { rate = "10 Mbit/s", delay = "20 ms" })
wire:drop "client>DATA#3,5,7"

server:listen(80, function (conn)
  local info = conn:info()
  note(("the server: sack %s, timestamps %s, scale %d"):format(info.sack, info.timestamps, info.snd_scale))
  conn:receive_all()
  result("done", now())
  conn:close()
end)

local agreed
client:start(function ()
  local conn = assert(client:connect(server, 80))
  agreed = conn:info()
  note(("the client: sack %s, timestamps %s, scale %d"):format(agreed.sack, agreed.timestamps, agreed.snd_scale))
  conn:send "14 kB"
  conn:close()
end)

expect("what was taken out was not agreed on", function ()
  return agreed.sack == (strip ~= "sack_permitted")
     and agreed.timestamps == (strip ~= "timestamps")
     and (agreed.snd_scale == 0) == (strip == "window_scale")
end)
expect("everything arrives all the same", function ()
  return value "done" < 60
end)
figure "ladder"
