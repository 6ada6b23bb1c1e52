-- How fast one flow is when packets are lost with probability p: Mathis et al. 1997 and PFTK (Padhye
-- et al. 1998). p of their formulae counts loss events (fast retransmits, and runs of time-outs), so
-- it is measured here.
local p      = param("p", 0.001, "of each data packet")
local events = param("events", 300, "losses to see", { min = 10 })

local tcp = {
  -- The Reno that the models are of: no SACK, no NewReno, no limited transmit.
  profile = "rfc9293", sack = false, newreno = false, limited_transmit = false, delayed_ack = false,
  mss = 1460, receive_buffer = "16 MB", send_buffer = "16 MB",
}
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
link(client, server, { delay = "50 ms", queue = "unlimited", forward = { loss = p } })

server:listen(80, function (conn)
  repeat until not conn:receive()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  local seen, began, base, left, repairing = 0, nil, 0, 0, false
  local function event()
    if repairing then return end
    seen, repairing = seen + 1, true
    if seen == 10 then began, base, left = now(), conn.bytes_acked, conn.segments_sent end
    if seen == events + 10 then
      local packets = (conn.bytes_acked - base) / conn.mss
      result("rate", packets / (now() - began))
      result("p", events / (conn.segments_sent - left))
      stop()
    end
  end
  conn:on("loss", event)
  conn:on("timeout", event)
  conn:on("recovered", function () repairing = false end)
  while true do conn:send "100 MB" end
end)
