-- Every discipline of a queue carries a transfer; a queue is changed while packets wait in it.
local kinds = {
  { kind = "droptail", packets = 50, mark = 20 }, { kind = "red", min = 5, max = 15, adaptive = true },
  { kind = "codel", target = "5 ms", interval = "100 ms", limit = "1000 pkt" }, { kind = "fq-codel", flows = 64, quantum = 300 },
  { kind = "pie", target = "20 ms" }, { kind = "priority", classes = { "ACK", { dport = 81 } } },
  { kind = "drr", classes = { function (packet) return packet.len > 1000 end }, weights = { 2, 1 } },
  { kind = "drr" }, "1 BDP",
}
local a, b = host("a", { tcp = { ecn = "on" } }), host("b", { tcp = { ecn = "on" } })
local wire = link(a, b, { rate = "10 Mbit/s", delay = "10 ms", queue = kinds[1] })
local done, marked = 0, 0
for port = 80, 81 do b:listen(port, function (conn) conn:receive_all() conn:close() end) end
for i, kind in ipairs(kinds) do
  at((i - 1) * 2, function () wire.forward.queue = kind end)
  for port = 80, 81 do
    a:start(function ()
      sleep((i - 1) * 2 + 0.1)
      local conn = assert(a:connect(b, port))
      conn:send "1 MB"
      conn:close()
      sleep(1.8)
      if conn.state == "TIME-WAIT" or conn.state == "CLOSED" then done = done + 1 end
    end)
  end
end
expect("each of them carried two megabytes", function () return done == 2 * #kinds end)
expect("some marked", function () return wire.forward.marked > 5 end)
