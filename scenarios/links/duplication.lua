-- A link that doubles packets.
--
-- Shows: a receiver answers a segment that it has already with an ACK at once, and with SACK says which
-- one came twice (RFC 2883), so that the sender does not take the duplicate ACKs for a loss.
-- Try:   -p share=1

local share = param("share", "20 %", "probability that a packet is doubled", { min = 0, max = 1 })

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms", forward = { duplicate = share } })
local conn, got
receiver:listen(80, function (accepted) got = accepted:receive_all() accepted:close() end)
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:send "300 kB"
  conn:close()
end)

expect("every byte arrives once", function () return got == 300000 end)
expect("packets were doubled", function () return share < 0.02 or wire.forward.duplicated > 0 end)
expect("and nothing was sent again", function () return conn.retransmits == 0 end)
figure "ladder"
