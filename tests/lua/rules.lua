-- Rules in their three forms, their windows, and what a function sees.
local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "10 ms" })
server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)

local flags = {}
local first = wire:drop "SYN#1"
local late = wire:drop("SYN", { from = 100 })
local fields = wire:drop { flags = "ACK", from = client, dport = 80, len = 1448, number = 2 }
local seen = wire.forward:drop(function (packet)
  flags[#flags + 1] = packet.flags
  assert(packet.from == "client" and packet.to == "server" and packet.src == client.address)
  assert(packet.seq_raw >= 0 and packet.ack_raw >= 0)
  assert(packet.size == packet.len + 52 or packet.flags:find "SYN")
  return false
end)
local held = wire:hold("FIN#1", "30 ms")
local copied = wire.backward:copy("SYN+ACK#1", "1 ms")
local damaged = wire:damage "client>DATA#4"
local never = wire:drop "client>DATA#1000"

client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("connect_time", conn.connect_time)
  conn:send "20 kB"
  conn:shutdown()
  conn:receive_all()
  conn:close()
end)

expect("the SYN was sent again after a second", function ()
  return first.hits == 1 and value "connect_time" > 1 and value "connect_time" < 1.1
end)
expect("outside of its time a rule does nothing", function () return late.hits == 0 end)
expect("a table of fields", function () return fields.hits == 1 end)
expect("a function is asked about every packet of its direction", function ()
  return seen.hits == 0 and flags[1] == "SYN" and flags[3] == "ACK" and
    #flags == wire.forward.sent_packets
end)
expect("hold, copy and damage", function ()
  return held.hits == 1 and copied.hits == 1 and damaged.hits == 1 and
    wire.backward.duplicated == 1 and wire.forward.corrupted == 1
end)
expect("a rule that never matched", function () return never.hits == 0 end)
expect("its text", function () return first.text == "drop SYN#1" end)
