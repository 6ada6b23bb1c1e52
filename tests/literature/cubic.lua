-- CUBIC's average window when one packet in `every` is lost, RTT 0.1 s (RFC 9438, table 1).
local every  = param("every", 1000, "packets from one loss to the next")
local first  = param("first", 500, "the first packet that is lost: ends slow start")
local cycles = param("cycles", 12, "losses to see", { min = 2 })

local tcp = {
  profile = "rfc9293", cc = "cubic", delayed_ack = false, mss = 1460,
  receive_buffer = "64 MB", send_buffer = "64 MB",
}
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
link(client, server, { delay = "50 ms", queue = "unlimited",
                       forward = { loss = { kind = "periodic", every = every, first = first } } })
server:listen(80, function (conn)
  repeat until not conn:receive()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  local seen, began, base = 0, nil, 0
  conn:on("loss", function ()
    seen = seen + 1
    if seen == 4 then began, base = now(), conn.bytes_acked end
    if seen == cycles + 4 then
      result("window", (conn.bytes_acked - base) / conn.mss / (now() - began) * 0.1)
      stop()
    end
  end)
  while true do conn:send "100 MB" end
end)
