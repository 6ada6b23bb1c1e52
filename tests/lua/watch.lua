-- conn:on: losses, time-outs and recoveries, each in a coroutine of its own.
local client, server = host "client", host "server"
local wire = link(client, server, { rate = "10 Mbit/s", delay = "10 ms" })
server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)
wire:drop "client>DATA#8"
wire:drop "client>DATA#30-60"

local seen = { loss = 0, timeout = 0, recovered = 0 }
local states = {}
client:start(function ()
  local conn = assert(client:connect(server, 80))
  for name in pairs(seen) do
    conn:on(name, function (self)
      assert(self == conn)
      seen[name] = seen[name] + 1
      sleep "1 ms"
    end)
  end
  conn:on("state", function (_, state) states[#states + 1] = state end)
  conn:send "100 kB"
  conn:close()
  sleep(70)
  result("retransmits", conn.retransmits)
end)

expect("a loss was seen and repaired", function () return seen.loss >= 1 and seen.recovered >= 1 end)
expect("when everything is lost only time helps", function () return seen.timeout >= 1 end)
expect("states to the end", function ()
  return table.concat(states, " ") == "FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED"
end)
expect("a connection speaks after its end", function () return value "retransmits" > 0 end)
