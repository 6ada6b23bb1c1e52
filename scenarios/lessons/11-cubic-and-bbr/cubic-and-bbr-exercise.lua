-- Exercise 11: a bad wire.
--
-- A radio link carries 4 Mbit/s and loses two packets in a hundred, whatever one sends; up to 200
-- packets wait before it. The transfer gets half of what there is. Choose another congestion control
-- (`./run list cc`), so that it gets most of it, and the queue does not become long.

local cc = "cubic"                         -- change this

local client = host("client", { tcp = { cc = cc, send_buffer = "1 MB" } })
local server = host("server", { tcp = { receive_buffer = "1 MB" } })
link(client, server, { rate = "4 Mbit/s", delay = "25 ms", queue = "200 pkt",
  forward = { loss = "2 %" } })

server:listen(80, function (conn)
  while conn:receive() do end
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  at("10 s", function ()
    result("mbit_s", conn.bytes_acked * 8 / 10 / 1e6)
    result("round_trip", conn.srtt)
    conn:abort()
  end)
  while conn:send "1 MB" do end
end)

expect("3.2 of 4 Mbit/s (a loss is no sign of a full queue here: who does not take it for one?)",
  function () return value "mbit_s" > 3.2 end)
expect("a round trip of less than 100 ms (of which the path takes 50: who leaves the queue empty?)",
  function () return value "round_trip" < 0.1 end)
trace { timeline = false, pcap = false }
figure "cwnd"
