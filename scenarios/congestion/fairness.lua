-- Two flows share a bottleneck.
--
-- Shows: each loss takes a share of every flow's window, each round trip adds the same to all. So
-- the larger one loses more than it gains, and both end up with the same (Chiu and Jain 1989). The
-- fairness index is (x + y)^2 / 2 (x^2 + y^2): 1 when both get the same, 0.5 when one gets all.
-- Try:   -p second=reno: CUBIC beside Reno. -p second=vegas: Vegas sees the queue that the other
--        fills, and gives way. -p second=bbr: BBR asks what the path carries, not what is lost.

local first  = param("first", "cubic", "congestion control of one flow")
local second = param("second", "cubic", "and of the other")

local client, server = host "client", host "server"
link(client, server, { rate = "2 Mbit/s", delay = "30 ms", queue = "20 pkt" })

local from, to = 10, 40                       -- when the rates are taken
local rates = {}
local function flow(i, port, cc)
  server:listen(port, function (conn)
    conn:receive_all()
    conn:close()
  end)
  client:start(function ()
    local conn = assert(client:connect(server, port, { tcp = { cc = cc } }))
    at(from, function () rates[i] = conn.bytes_acked end)
    at(to, function ()
      rates[i] = (conn.bytes_acked - rates[i]) * 8 / (to - from)
      conn:abort()
    end)
    conn:send "200 MB"
  end)
end
flow(1, 80, first)
flow(2, 81, second)
at(to + 0.1, function ()
  local x, y = rates[1], rates[2]
  result("first_mbit_s", x / 1e6)
  result("second_mbit_s", y / 1e6)
  result("jain", (x + y) ^ 2 / (2 * (x ^ 2 + y ^ 2)))
end)

expect("together they use the wire", function ()
  return value "first_mbit_s" + value "second_mbit_s" > 1.4
end)
expect("those of a kind get the same", function ()
  return first ~= second or value "jain" > 0.9
end)
figure "cwnd"
