-- A segment arrives late, behind two that were sent after it.
--
-- Shows: out of order is not lost. The two that came first draw two duplicate ACKs, one fewer than
-- it takes to believe in a loss; then the late one arrives and fills the hole. Nothing is sent
-- again and the window is not cut.
-- Try:   -p behind=10: the sender believes in a loss, sends the segment again for nothing and cuts
--        its window. Then the receiver reports the duplicate (DSACK, RFC 2883) or the echoed
--        timestamp shows which of the two was acknowledged (Eifel, RFC 3522): the cut is undone,
--        and from then on more reordering is needed to be taken for a loss.

local cc     = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
local behind = param("behind", 2, "how many segments overtake it", { min = 1, max = 50 })

local client = host("client", { tcp = { cc = cc } })
local server = host "server"
local wire   = link(client, server, { rate = "10 Mbit/s", delay = "50 ms" })

wire:hold("client>DATA#100", { behind = behind })

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  conn:close()
end)
local sender
client:start(function ()
  sender = assert(client:connect(server, 80))
  sender:on("loss", function () note "a loss, it seems" end)
  sender:on("recovered", function () note "all that was out is acknowledged" end)
  sender:send "430 kB"
  sender:close()
end)

expect("every byte arrives", function () return value "received" == 430000 end)
expect("nothing is sent again, unless three or more overtake it", function ()
  return sender.retransmits == (behind < 3 and 0 or 1)
end)
figure "time-sequence"
figure "cwnd"
