-- A link that is cut for a while, and one that only pauses.
--
-- Shows: what is under way when a link is cut is lost, and TCP tries again by its time-out, which
-- doubles each time: after an outage of some seconds it may wait as long again although the link is
-- back. A pause loses nothing: everything goes on where it stopped, if it is shorter than the time-out.
-- Try:   -p outage="200 ms", -p outage="7 s", -p pause=true

local outage = param("outage", "3 s", "how long nothing passes", { min = 0.01, max = 100 })
local pause  = param("pause", false, "the transmitters stop; nothing is lost")

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms" })
local conn, finished
receiver:listen(80, function (accepted) accepted:receive_all() finished = now() accepted:close() end)
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:send "3 MB"
  conn:close()
end)
at(1, function () if pause then wire:pause() else wire:down() end end)
at(1 + outage, function () if pause then wire:resume() else wire:up() end end)

expect("the transfer is longer by the outage, and by what is left of a time-out", function ()
  return finished > 2 + outage and finished < 4 + 2.5 * outage
end)
figure "time-sequence"
