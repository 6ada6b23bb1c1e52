-- Sending and receiving: counts, texts, ends and failures.
local client, server = host "client", host "server"
local wire = link(client, server, { rate = "100 Mbit/s", delay = "10 ms" })
local log = {}

server:listen(80, function (conn)
  local count, text = conn:receive(5)
  log.exact = count == 5 and text == "hello"
  count, text = conn:receive()
  log.rest = count == 7 and text == ", world"
  count, text = conn:receive_all()
  log.counted = count == 100000 and text == nil
  local nothing, reason, so_far = conn:receive()
  log.at_end = nothing == nil and reason == "closed" and so_far == 0
  log.state = conn.state
  conn:write "good"
  conn:send(2)
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80, { from_port = 5000 }))
  log.ports = conn.local_port == 5000 and conn.remote_port == 80 and
    conn.remote_address == server.address
  log.fields = conn.state == "ESTABLISHED" and conn.mss == 1448 and conn.cwnd == 10 * conn.mss and
    conn.ssthresh == math.huge and conn.retransmits == 0 and
    math.abs(conn.connect_time - 0.02) < 0.001 and conn:info().mss == conn.mss
  assert(conn:write "hello, world" == 12)
  assert(conn:send "100 kB" == 100000)
  conn:shutdown()
  local count, reason, so_far = conn:send(1)
  log.shut = count == nil and reason == "closed" and so_far == 0
  local all, text = conn:receive_all()
  log.padded = all == 6 and text == "good\0\0"
  conn:close()
  local gone, why = conn:receive()
  log.given_back = gone == nil and why == "closed"
end)

client:start(function ()
  local conn, reason = client:connect(server, 81)
  log.refused = conn == nil and reason == "refused"
  conn, reason = client:connect("10.9.9.9", 80)
  log.unreachable = conn == nil and reason == "unreachable"
  local start = now()
  wire:drop("SYN", { from = start })
  conn, reason = client:connect(server, 80, { timeout = "2.5 s" })
  log.timed_out = conn == nil and reason == "timed out" and now() == start + 2.5
end)

for _, name in ipairs { "exact", "rest", "counted", "at_end", "ports", "fields", "shut", "padded",
  "given_back", "refused", "unreachable", "timed_out" } do
  expect(name, function () return log[name] end)
end
expect("the server closes second", function () return log.state == "CLOSE-WAIT" end)
