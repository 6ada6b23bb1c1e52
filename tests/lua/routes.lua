-- Routes: by delay, by hops, by entry, around a cut link, in a circle, and to nowhere.
local a, b = host "a", host "b"
local r, s, t, u = router "r", router "s", router "t", router "u"
link(a, r, { delay = "1 ms" })
local short = link(r, s, { delay = "50 ms" })              -- one hop, slow
link(r, t, { delay = "1 ms" })
local long = link(t, u, { delay = "1 ms" })                -- three hops, fast
link(u, s, { delay = "1 ms" })
link(s, b, { delay = "1 ms" })

local rtt, kinds = {}, {}
local function look(name)
  local answer = a:ping(b, { count = 1, timeout = "1 s" })
  rtt[name], kinds[name] = answer.mean, answer.replies[1].error
end
a:start(function ()
  look "by delay"
  routing "hops"
  look "by hops"
  short:down()
  look "around"
  short:up()
  routing "delay"
  r:route(b, s)                                            -- an entry wins
  look "by entry"
  r:route("198.51.100.0/24", t)                            -- r and t send it to each other
  t:route("198.51.100.0/24", r)
  kinds.ping = a:ping("198.51.100.7", { count = 1 }).replies[1].error
  kinds.circle = select(2, a:connect("198.51.100.7", 80))
  kinds.nobody = a:ping("192.0.2.1", { count = 1 }).replies[1].error
  kinds.connect = select(2, a:connect("192.0.2.1", 80))
end)

local function is(name, ms) return math.abs(rtt[name] - ms / 1000) < 1e-6 end
expect("least delay takes the long way", function () return is("by delay", 2 * 5) end)
expect("fewest hops take the slow one", function () return is("by hops", 2 * 52) end)
expect("a cut link is gone around", function () return is("around", 2 * 5) end)
expect("an entry wins, in its direction", function () return is("by entry", 52 + 5) end)
expect("a circle of entries ends with the TTL", function ()
  return kinds.ping == "time exceeded" and kinds.circle == "unreachable"
end)
expect("nowhere is unreachable", function ()
  return kinds.nobody == "net unreachable" and kinds.connect == "unreachable"
end)
