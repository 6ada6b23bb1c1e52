-- Packets that arrive damaged.
--
-- Shows: the receiver's checksum finds the damage and the packet is thrown away without a word, which
-- to TCP is a loss like any other. A rule damages exactly one packet, too.
-- Try:   -p share=0.1, -p share=0

local share = param("share", "2 %", "probability that a packet is damaged", { min = 0, max = 0.5 })

local sender, receiver = host "sender", host "receiver"
local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms", forward = { corrupt = share } })
local rule = wire:damage "DATA#5"
local conn, got
receiver:listen(80, function (accepted) got = accepted:receive_all() accepted:close() end)
sender:start(function ()
  conn = assert(sender:connect(receiver, 80))
  conn:send "300 kB"
  conn:close()
end)

expect("every byte arrives all the same", function () return got == 300000 end)
expect("the rule damaged one packet", function () return rule.hits == 1 end)
expect("what was damaged was sent again", function () return conn.retransmits >= 1 end)
figure "time-sequence"
