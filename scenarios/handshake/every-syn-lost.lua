-- Nobody answers: every SYN is lost.
--
-- Shows: how long a client tries. Linux sends at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 seconds
-- (four extra time-outs of one second each before the doubling starts) and gives up at 131; a
-- program that waits in connect() waits more than two minutes.
-- Try:   -p linear=0, the schedule of the textbooks: 0, 1, 3, 7, 15, 31, 63, given up at 127.
--        A program with its own limit: client:connect(server, 80, { timeout = "4.5 s" }).

local linear = param("linear", 4, "one-second time-outs before the back-off", { min = 0, max = 20 })

local client = host("client", { tcp = { syn_linear_timeouts = linear } })
local server = host "server"
local wire   = link(client, server, { delay = "50 ms" })

local lost = wire:drop "SYN"               -- without a number: all of them

server:listen(80)

client:start(function ()
  local conn, reason = client:connect(server, 80)
  note("connect() fails: " .. tostring(reason))
  result("gave_up_at", now())
  result("syns", lost.hits)
end)

expect("six doublings behind the linear time-outs", function ()
  return value "syns" == 1 + linear + 6 and value "gave_up_at" == linear + 127
end)
figure "ladder"
