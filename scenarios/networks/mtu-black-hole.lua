-- An MTU black hole: the path is narrow, and the message that would say so never arrives.
--
-- Shows: the handshake works, its packets are small. Then nothing does: full segments are dropped at
--        the narrow link, and a firewall eats the ICMP messages about it. Linux suspects a black hole
--        when segments have timed out for three seconds and shrinks them, to 1,024 bytes and then
--        by halves, until something passes (RFC 4821); from there it tries larger ones again.
-- Try:   without it the connection hangs until it is given up: -p probing=off. With probing from the
--        beginning: -p probing=always. Narrower: -p mtu=600.

local probing = param("probing", "when black hole", "TCP's option mtu_probing",
                      { choices = { "off", "when black hole", "always" } })
local mtu     = param("mtu", 1300, "bytes that the middle link carries", { min = 576, max = 1500 })

local client = host("client", { tcp = { mtu_probing = probing } })
local server = host "server"
local a, b   = router "a", router "b"
local wire   = link(client, a, { rate = "10 Mbit/s", delay = "10 ms" })
link(a, b, { rate = "10 Mbit/s", delay = "10 ms", mtu = mtu })
link(b, server, { rate = "10 Mbit/s" })
wire:drop "ICMP"                           -- the firewall

local arrived, done = 0, 0
server:listen(80, function (conn)
  repeat
    local count = conn:receive()
    arrived = arrived + (count or 0)
  until not count
  done = now()
  result("done", done)
  conn:close()
end)

client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send "60 kB"
  conn:close()
end)

stop_at "30 s"
expect("with probing all arrives, black holes costing seconds; without nothing does", function ()
  if probing == "off" then return arrived == 0 end
  return arrived == 60000 and (probing == "always" or done > 3) and done < 20
end)
figure "time-sequence"
