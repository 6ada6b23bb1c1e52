-- Three packets of a window are marked: what accurate and classic ECN tell the sender of it.
--
-- Shows: accurate ECN (RFC 9768) is asked for by AE, CWR and ECE in the SYN; CWR in the SYN+ACK and
--        in the third packet says that the other's packet arrived unmarked, as it was sent. From then
--        on the three bits are one number, the packets that came marked, from 5 on: AE+ECE is 5,
--        AE+CWR 6, all three 7, and none of them 8, or 0. An option adds the bytes that came
--        unmarked (e0b) and marked (ceb). A second later classic ECN (RFC 3168) has the same marks, and
--        sets ECE on every ACK until CWR comes: "at least one". Reno cuts once in both cases; DCTCP
--        makes use of the number.
-- Try:   -p marks=8: the number has gone round once. -p lost=true: half of the ACKs are lost, and
--        accurate ECN still tells of every mark. -p server=on: a server that knows only classic ECN,
--        to which the client falls back. -p server=off.

local marks  = param("marks", 3, "segments that are marked, from the second on", { min = 1, max = 9 })
local lost   = param("lost", false, "every other ACK of data is lost")
local server = param("server", "accurate", "what the server of the accurate client knows",
                     { choices = { "accurate", "on", "off" } })

local here, there = host "client", host "server"
local wire = link(here, there, { rate = "1.6 Mbit/s", delay = "40 ms" })
local ways = {
  [80] = { name = "accurate", client = "accurate", server = server },
  [81] = { name = "classic", client = "on", server = "on" },
}

-- AE, CWR and ECE as one number.
local function ace(flags)
  return (flags:find "AE" and 4 or 0) + (flags:find "CWR" and 2 or 0) + (flags:find "ECE" and 1 or 0)
end

for port, way in pairs(ways) do
  way.data, way.acks, way.echoes, way.told, way.last, way.handshake = 0, 0, 0, 0, 5, {}
  there:listen(port, function (conn) conn:receive_all() conn:close() end,
               { tcp = { cc = "reno", ecn = way.server } })
end

wire.forward:mark(function (packet)
  local way = ways[packet.dport]
  if #way.handshake < 3 then way.handshake[#way.handshake + 1] = packet.flags end
  if packet.len == 0 then return false end
  way.data = way.data + 1
  return way.data > 1 and way.data <= 1 + marks
end)
wire.backward:drop(function (packet)
  local way = ways[packet.sport]
  if packet.flags:find "SYN" then table.insert(way.handshake, packet.flags) return false end
  way.acks = way.acks + 1
  if lost and way.acks % 2 == 0 and not packet.flags:find "FIN" then return true end
  way.told = way.told + (ace(packet.flags) - way.last) % 8
  way.last = ace(packet.flags)
  if packet.flags:find "ECE" then way.echoes = way.echoes + 1 end
  return false
end)

local function transfer(port)
  local tcp = { cc = "reno", ecn = ways[port].client, initial_window = 10 }
  local conn = assert(here:connect(there, port, { tcp = tcp }))
  conn:send((marks + 2) * 1448)
  conn:close()
end
here:start(function ()
  transfer(80)
  sleep "1 s"
  transfer(81)
end)
at("2 s", function ()
  if server == "accurate" then result("told_accurate", ways[80].told) end
  result("echoes_classic", ways[81].echoes)
  stop()
end)

expect("the handshake: three bits ask, and answer how the SYN and the SYN+ACK arrived", function ()
  local answer = { accurate = "SYN+ACK+CWR, ACK+CWR", on = "SYN+ACK+ECE, ACK", off = "SYN+ACK, ACK" }
  return table.concat(ways[80].handshake, ", ") == "SYN+ECE+CWR+AE, " .. answer[server]
end)
expect("accurate ECN tells how many were marked", function ()
  return server ~= "accurate" or value "told_accurate" == marks
end)
expect("classic ECN says no more than that some were", function ()
  return value "echoes_classic" > 0 and ways[81].handshake[1] == "SYN+ECE+CWR"
end)
figure("ladder", { conn = ":80", to = "170 ms", width = "double" })
