-- One to four segments lost in one window: Tahoe, Reno, NewReno and SACK (Fall and Floyd 1996).
--
-- Shows: "Simulation-based Comparisons of Tahoe, Reno, and SACK TCP": one flow, segments of 1,000
--        bytes, losses in one window of slow start. Tahoe begins again from one segment, and slow
--        start repairs whatever is missing. Reno's fast recovery ends with the first new ACK: with
--        one loss it shines, with two it halves twice, with three or four it stands still until
--        the time-out. NewReno takes a partial ACK for a loss and repairs one a round trip. SACK
--        knows the holes and repairs them all in about one.
-- Try:   -p variant=tahoe, -p variant=newreno, -p variant=sack; -p drops=1, -p drops=2, -p drops=4.
--        Reno with three drops, as it stands here, has the second of silence in its figure.

local variant = param("variant", "reno", "which TCP",
  { choices = { "tahoe", "reno", "newreno", "sack" } })
local drops = param("drops", 3, "segments lost of one window", { min = 1, max = 4 })

local tcp = {
  profile = "reno-1990", mss = 1000, timer_tick = "100 ms", min_rto = "1 s", delayed_ack = false,
  receive_buffer = 28000, send_buffer = "200 kB", keeps_inflation = false,
  cc = variant == "tahoe" and "tahoe" or "reno",
  newreno = variant == "newreno", sack = variant == "sack",
}
local sender   = host("sender", { tcp = tcp })
local receiver = host("receiver", { tcp = tcp })
local wire = link(sender, receiver, { rate = "0.8 Mbit/s", delay = "100 ms" })

-- The paper's drops: one; two, three and four of the same window, with arrivals between them.
local lost = { "DATA#15", "DATA#15,29", "DATA#15,27,29", "DATA#15,25,27,29" }
wire:drop("sender>" .. lost[drops])

receiver:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)

local conn, began, ended, timeouts, recoveries, smallest = nil, nil, nil, 0, 0, math.huge
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:on("loss", function ()
    began = began or now()
    recoveries = recoveries + 1
  end)
  conn:on("timeout", function () timeouts = timeouts + 1 end)
  conn:on("recovered", function () ended = now() end)
  conn:send "120 kB"
  conn:close()
  while conn.bytes_acked < 120000 do
    sleep "10 ms"
    if began then smallest = math.min(smallest, conn.cwnd) end
  end
  result("fast_retransmits", recoveries)
  result("timeouts", timeouts)
  result("retransmits", conn.retransmits)
  result("repaired_after", ended - began)
  result("ssthresh", conn.ssthresh / 1000)
end)
local rtt = 0.2108 -- of the empty path
local paper = {
  tahoe = { "one fast retransmit, then slow start from one segment", function ()
    return value "fast_retransmits" == 1 and value "timeouts" == 0 and smallest == 1000
  end },
  reno = { "fast recovery once; twice for two losses; then only a time-out helps", function ()
    if drops >= 3 then return value "timeouts" == 1 and value "repaired_after" > 1 end
    return value "fast_retransmits" == drops and value "timeouts" == 0
      and value "retransmits" == drops and math.abs(value "ssthresh" - 15 / 2 ^ drops) <= 0.5
  end },
  newreno = { "one loss repaired each round trip", function ()
    return value "fast_retransmits" == 1 and value "timeouts" == 0
      and value "retransmits" == drops and math.abs(value "repaired_after" - drops * rtt) < 0.02
  end },
  sack = { "all repaired within two and a half round trips, and nothing else sent again", function ()
    return value "fast_retransmits" == 1 and value "timeouts" == 0
      and value "retransmits" == drops and value "repaired_after" < 2.5 * rtt
  end },
}
expect(paper[variant][1], paper[variant][2])
figure("time-sequence", { from = 0.2, to = 6 })
