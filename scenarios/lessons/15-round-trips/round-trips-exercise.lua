-- Exercise 15: an order.
--
-- A shop is far away, the round trip is 200 ms, and who waits for longer than half a second goes
-- elsewhere. The order has to be enciphered, and nobody may be able to record it and place it a
-- second time. Choose what it goes over: "TCP", "TLS 1.2", "TLS 1.3", "TLS 1.3 early data", "QUIC" or
-- "QUIC 0-RTT".

local over = "TLS 1.2"                     -- change this

local exchanges = ({                       -- bytes there, bytes back
  ["TCP"]                = { { 200, 1000 } },
  ["TLS 1.2"]            = { { 250, 3000 }, { 130, 50 }, { 200, 1000 } },
  ["TLS 1.3"]            = { { 300, 3000 }, { 280, 1000 } },
  ["TLS 1.3 early data"] = { { 600, 1200 } },
  ["QUIC"]               = { { 1200, 3000 }, { 280, 1000 } },
  ["QUIC 0-RTT"]         = { { 1200, 1200 } },
})[over]
if not exchanges then error("there is no \"" .. over .. "\" here: the head of this file has the names", 0) end

local customer = host "customer"
local shop     = host "shop"
link(customer, shop, { delay = "100 ms" })

local function tcp(conn)
  return function (size) conn:send(size) end, function (size) conn:receive(size) end
end
local function udp(socket, peer, port)
  socket:connect(peer, port)
  return function (size)
    for sent = 0, size - 1, 1200 do socket:send(math.min(1200, size - sent)) end
  end, function (size)
    while size > 0 do size = size - socket:receive_from() end
  end
end
local function order(say, hear)
  for _, exchange in ipairs(exchanges) do
    say(exchange[1])
    hear(exchange[2])
  end
  result("confirmed_after", now())
end
local function confirm(say, hear)
  for _, exchange in ipairs(exchanges) do
    hear(exchange[1])
    say(exchange[2])
  end
end

if over:find "QUIC" then
  shop:start(function () confirm(udp(shop:udp(443), customer, 50000)) end)
  customer:start(function () order(udp(customer:udp(50000), shop, 443)) end)
else
  shop:listen(443, function (conn) confirm(tcp(conn)) end)
  customer:start(function () order(tcp(assert(customer:connect(shop, 443)))) end)
end

expect("the order is confirmed within half a second (how many round trips of 200 ms are that?)",
  function () return value "confirmed_after" <= 0.5 end)
expect("it is enciphered (TCP alone does not do it)", function () return over ~= "TCP" end)
expect("it cannot be recorded and sent again (what is said before the server has said anything can)",
  function () return not (over:find "early" or over:find "0%-RTT") end)
figure("ladder", { fields = "len" })
