-- Three packets open a connection.
--
-- Shows: each end picks an initial sequence number (ISN) at random and acknowledges the other's
-- number plus one: SYN (seq x), SYN+ACK (seq y, ack x+1), ACK (seq x+1, ack y+1). The client is
-- connected after one round trip, the server half a round trip later.
-- Try:   roundtrip run this file, then `roundtrip show --raw` its folder: the numbers as they
--        stand on the wire. Another seed (-s 2) gives other ISNs. Change the delay (-p delay=300ms).

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

-- A rule that is asked about every packet, and never acts, can keep what passes.
local packets = {}
wire:drop(function (packet)
  packets[#packets + 1] = { flags = packet.flags, seq = packet.seq_raw, ack = packet.ack_raw }
  return false
end)

server:listen(80)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  result("connect_time", conn.connect_time)
end)

expect("three packets: SYN, SYN+ACK, ACK", function ()
  return #packets == 3 and packets[1].flags == "SYN" and packets[2].flags == "SYN+ACK"
     and packets[3].flags == "ACK"
end)
expect("each acknowledges the other's number plus one", function ()
  local syn, synack, ack = packets[1], packets[2], packets[3]
  return synack.ack == (syn.seq + 1) % 2^32 and ack.seq == (syn.seq + 1) % 2^32
     and ack.ack == (synack.seq + 1) % 2^32
end)
expect("the two ISNs differ", function () return packets[1].seq ~= packets[2].seq end)
expect("the client is connected after one round trip", function ()
  return math.abs(value "connect_time" - 2 * delay) < 1e-9
end)
figure "ladder"
