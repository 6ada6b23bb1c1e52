-- Lesson 8: three repetitions are a message.
--
-- Shows: the second of six segments is lost. Every segment behind it draws the same ACK once more,
--        and at the third repetition the client sends it again, without waiting for a timer.
--        README.md is the lesson's page.
-- Try:   -p lost=4: only two are behind it, and the timer has to do it. -p lost=4 -p segments=7:
--        three. It is not lost, but arrives behind two others: -p late=2. Behind three: -p late=3.

local segments = param("segments", 6, "how many segments the client sends", { min = 6, max = 10 })
local lost     = param("lost", 2, "which of them is lost", { min = 1, max = 6 })
local late     = param("late", 0, "it is not lost, but overtaken by so many", { min = 0, max = 5 })

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, sack = false,
  initial_window = 10, delayed_ack = "off" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "1 Mbit/s", delay = "50 ms" })

if late > 0 then
  wire:hold("client>DATA#" .. lost, { behind = late })
else
  wire:drop("client>DATA#" .. lost)
end

local sender
server:listen(80, function (conn)
  conn:receive(segments * 1000)
  result("complete", now())
end)
client:start(function ()
  sender = assert(client:connect(server, 80))
  sleep(0.2 - now())
  sender:send(segments * 1000)
end)

expect("three segments behind the hole tell of it; with fewer the timer does", function ()
  local behind = segments - lost           -- as many can tell of it, or overtake it
  if late > 0 and late <= behind then return (sender.retransmits > 0) == (late >= 3) end
  return (sender.timeouts > 0) == (behind < 3)
end)
figure("ladder", { from = "0.16 s", fields = "seq,ack", width = "double" })
