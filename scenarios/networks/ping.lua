-- Ping: three echo requests across a router, and a host that is not there.
--
-- Shows: an ICMP echo request comes back as a reply with the same data; the difference in time is
--        the round trip. The router knows no way to the second address and says so.
-- Try:   lose a reply: wire:drop "ICMP#2". A smaller ttl than the way is long: { ttl = 1 }. Longer
--        requests, { size = 1000 }, take longer on a slow link: -p rate=100kbit/s.

local rate = param("rate", "10 Mbit/s", "of both links")

local laptop = host "laptop"
local router = router "router"
local server = host "server"
link(laptop, router, { rate = rate, delay = "5 ms" })
local wire = link(router, server, { rate = rate, delay = "15 ms" })

laptop:start(function ()
  local here = laptop:ping(server, { count = 3 })
  result("received", here.received)
  result("rtt", here.mean)
  local nobody = laptop:ping("192.0.2.7", { count = 1 })
  result("answers_from_nowhere", nobody.received)
  note(nobody.replies[1].from .. " says " .. nobody.replies[1].error)
end)

-- 84 bytes with the headers, twice over two links, and the propagation.
local sending = 4 * 84 * 8 / rate
expect("three replies, each after the round trip", function ()
  return value "received" == 3 and math.abs(value "rtt" - (0.040 + sending)) < 0.0001
end)
expect("no reply from where nobody is", function () return value "answers_from_nowhere" == 0 end)
figure "ladder"
