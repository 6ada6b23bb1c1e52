-- Two hosts at home share one address: network address and port translation (NAT).
--
-- Shows: laptop and phone connect from the same port. The NAT gives each of them a port of its own
--        address, and writes it into what leaves and back into what returns, checksums included: the
--        server sees two connections from one address. Somebody outside who sends to the NAT finds
--        nothing there, but for the port that is forwarded to the laptop.
-- Try:   a NAT with a single port: -p ports=1; the phone's SYNs are dropped, "no port left". What the
--        NAT does with a silent connection is in nat-timeout.lua.

local ports = param("ports", 100, "that the NAT has to give", { min = 1, max = 1000 })

local laptop = host("laptop", { address = "192.168.1.2" })
local phone  = host("phone",  { address = "192.168.1.3" })
local home   = nat("home", { address = "203.0.113.7", outside = "server", first_port = 40000, last_port = 39999 + ports })
local server = host("server", { address = "198.51.100.1" })
link(laptop, home, { rate = "100 Mbit/s", delay = "1 ms" })
link(phone,  home, { rate = "100 Mbit/s", delay = "1 ms" })
link(home, server, { rate = "10 Mbit/s",  delay = "19 ms" })
home:forward(22, laptop)

local seen = {}
server:listen(80, function (conn)
  seen[#seen + 1] = conn.remote_address .. ":" .. conn.remote_port
  conn:receive_all()
  conn:close()
end)
laptop:listen(22)

local connected = 0
local function visit(host)
  local conn = host:connect(server, 80, { from_port = 50000, timeout = "5 s" })
  if not conn then return end
  connected = connected + 1
  result("served", connected)
  conn:send(100)
  conn:close()
end
laptop:start(function () visit(laptop) end)
at("0.1 s", function () visit(phone) end)

at("0.3 s", function ()            -- from outside
  local conn = assert(server:connect(home, 22))
  result("forwarded", conn.connect_time)
  conn:close()
  result("unasked", server:connect(home, 8080, { timeout = "2 s" }) and 1 or 0)
end)

expect("each host that gets a port is served", function ()
  return connected == math.min(ports, 2)
end)
expect("the server sees one address and other ports than the hosts use", function ()
  return seen[1] == "203.0.113.7:40000" and (ports == 1 or seen[2] == "203.0.113.7:40001")
end)
expect("from outside only the forwarded port is there", function ()
  return value "unasked" == 0 and math.abs(value "forwarded" - 0.040) < 0.001
end)
figure("ladder", { to = "2.5 s" })
figure "topology"
