-- A segment is lost, and the last one of all: what SACK does without a clock.
--
-- Shows: nothing comes behind the last segment, so no SACK will ever tell that it is missing. But the
-- recovery of segment 20 is under way, nothing that is known to be lost is left to be sent, there is
-- no new data, and cwnd has room: then the last segment that is out goes out once more, once a
-- recovery (RFC 6675, NextSeg()'s rule 4, the rescue), as soon as the repair of segment 20 has been
-- acknowledged. Beside it runs the same transfer without this last resort: it is a second until the
-- time-out (RFC 6298), and the window begins again from one segment. Both are by the letter of the
-- RFCs (the profile rfc9293), without RACK and its tail-loss probe.
-- Try:   -p lost=3: the rescue draws a SACK, and what may be lost before it follows (rule 3).
--        -p first=false: no recovery, no rescue; both wait for the time-out.
--        -p profile=linux: a probe instead of the rescue (last-segment-lost.lua), with and without.

local profile = param("profile", "rfc9293", "behaviour", { choices = { "rfc9293", "linux" } })
local first   = param("first", true, "segment 20 is lost, and a recovery begins")
local lost    = param("lost", 1, "how many at the end are lost", { min = 1, max = 3 })

local bytes = 30 * 1448

-- One transfer: its client, and when the server has all of it.
local function transfer(name, last_resort)
  local client = host(name, { tcp = { profile = profile, last_resort = last_resort } })
  local server = host(name .. "-server", { tcp = { profile = profile } })
  local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })
  if first then wire:drop(name .. ">DATA#20") end
  wire:drop((name .. ">DATA#%d-30"):format(31 - lost))
  local run = {}
  server:listen(80, function (conn)
    run.received = conn:receive(bytes)
    run.complete = now()
    result(name .. "_complete", now())
    conn:close()
  end)
  client:start(function ()
    run.sender = assert(client:connect(server, 80))
    run.sender:on("timeout", function () note(name .. ": time-out") end)
    run.sender:send(bytes)
    sleep "3 s"
    result(name .. "_retransmits", run.sender.retransmits)
    run.sender:close()
  end)
  return run
end

local rescued, left = transfer("rescued", true), transfer("left", false)
local rfc = profile == "rfc9293"

expect("every byte arrives, with and without", function ()
  return rescued.received == bytes and left.received == bytes
end)
expect("a recovery rescues the end without a time-out", function ()
  return rescued.sender.timeouts == (rfc and not first and 1 or 0)
end)
expect("else only the time-out is left", function ()
  return left.sender.timeouts == (rfc and 1 or 0)
end)
expect("what was lost is sent again, once", function ()
  return rescued.sender.retransmits == (first and 1 or 0) + lost
end)
expect("and that is most of a second earlier", function ()
  return left.complete - rescued.complete > (rfc and first and 0.5 or -0.001)
end)
figure("tcptrace", { conn = "rescued", from = "0.35 s", to = "2.2 s" })
figure("tcptrace", { conn = "left", from = "0.35 s", to = "2.2 s", file = "tcptrace-left" })
