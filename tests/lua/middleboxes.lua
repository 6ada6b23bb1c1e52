-- NAT, firewall and middlebox as objects: what they can be asked, and what a function may change.
local client = host("client", { address = "192.168.0.2" })
local server = host("server", { tcp = { profile = "linux" } })
local seen, fields = 0, {}

local box = middlebox("box", function (packet, from)
  seen = seen + 1
  if packet.icmp == "echo request" then
    fields.icmp = packet.icmp
    return "no ICMP here"
  elseif packet.protocol == "UDP" then
    fields.udp = packet.sport and packet.dport == 9
    packet.dport = 10
    packet.dscp = 46
    return true
  elseif packet.protocol ~= "TCP" then
    return
  end
  if packet.flags == "SYN" then
    fields.syn = packet.mss == 1460 and packet.window_scale == 7 and packet.sack_permitted and packet.timestamps
    fields.ecn = packet.ecn
    packet.mss = 536
    packet.window_scale = 2
    packet.timestamps = false
    fields.size = packet.size
  elseif packet.len > 0 and from == "home" then
    packet.ecn = 3
    packet.ttl = 60
    packet.dont_fragment = false
  end
  if packet.dport == 8080 then return end
  -- A middlebox that moves sequence numbers, and moves them back (but not in what ICMP quotes).
  local shift = 1000000
  if from == "home" and packet.flags ~= "RST" then
    packet.seq_raw = (packet.seq_raw + shift) & 0xffffffff
  elseif packet.ack then
    packet.ack_raw = (packet.ack_raw - shift) & 0xffffffff
  end
end)
local fence = firewall("fence", { outside = "server", outbound = "reject", rules = {
  { "accept", direction = "out", protocol = "TCP", from = "10.0.0.0/8", port = "1-1023" },
  { "accept", protocol = "UDP" },
  { "accept", match = function (packet) return packet.protocol == "ICMP" end },
} })
local home = nat("home", { inside = { "client" }, keep_port = false, first_port = 2000, udp_timeout = "30 s" })
link(client, home, { delay = "1 ms" })
link(home, box, { delay = "1 ms" })
link(box, fence, { delay = "1 ms" })
link(fence, server, { delay = "1 ms" })

local server_info, got
server:listen(80, function (conn)
  server_info = conn:info()
  got = conn:receive_all()
  conn:close()
end)
server:listen(8080)
local inbox = server:udp(10)
server:start(function () fields.inbox = inbox:receive_from() end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  fields.client_mss = conn.mss
  conn:send "20 kB"
  conn:close()
  local refused, reason = client:connect(server, 8080)
  fields.refused = reason
  client:udp():send_to(server, 9, 50)
  fields.ping = client:ping(server, { count = 1, timeout = "1 s" }).received
end)

expect("the packet shows its fields", function ()
  return fields.syn and fields.udp and fields.icmp == "echo request" and fields.ecn == 0
end)
expect("a SYN without time stamps is shorter", function () return fields.size == 20 + 20 + 4 + 4 + 4 end)
expect("what was changed is what arrives", function ()
  return server_info.mss == 536 and server_info.snd_scale == 2 and not server_info.timestamps
     and server_info.sack and fields.client_mss == 1460 and fields.inbox == 50
end)
expect("moved sequence numbers hurt nobody", function () return got == 20000 end)
expect("the firewall tells", function () return fields.refused == "unreachable" end)
expect("what is dropped is counted", function () return fields.ping == 0 and box.dropped == 1 and box.looked_at == seen end)
expect("the firewall counts its rules", function ()
  return fence:hits(1) == 1 and fence:hits(2) == 1 and fence:hits(3) == 0 and fence:hits(9) == 0
     and fence.dropped > 0 and fence.accepted > 0
end)
expect("the NAT counts its mappings", function ()
  return home.mappings_made == 4 and home.most_mappings == 4
end)
expect("they are called by what they are", function ()
  return tostring(home) == "nat home" and tostring(box) == "middlebox box" and tostring(fence) == "firewall fence"
     and home.name == "home" and #home.address > 0
end)
