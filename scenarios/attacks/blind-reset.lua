-- Somebody who sees nothing tries to cut a connection.
--
-- Shows: a reset from a forged address needs the right ports and a sequence number. By the old rule
--        any number within the receive window will do, so that one reset for each half of a window
--        covers all four billion numbers: 4,295 packets here, two seconds of a modest link. By
--        RFC 5961 only exactly the next expected number resets; another one in the window draws a
--        challenge ACK, of which the attacker sees nothing and the true peer thinks nothing.
-- Try:   -p rfc5961=false: the connection dies when two thirds of the numbers have been tried.
--        -p window=1MB: twice as many tries. -p exact=true: the attacker guesses the very number,
--        as one try in four billion does.

local rfc5961 = param("rfc5961", true, "challenge ACKs (RFC 5961)")
local window  = param("window", "2 MB", "the victim's receive buffer", { min = 500000, max = 1e7 })
local exact   = param("exact", false, "the attacker knows the number")

local client   = host("client", { tcp = { isn = 3000000000 } })
local server   = host("server", { tcp = { isn = 700000000 } })
local attacker = host "attacker"
local gateway  = router "gateway"
link(client, gateway, { delay = "10 ms" })
link(attacker, gateway, { delay = "5 ms" })
link(gateway, server, { rate = "1 Gbit/s", delay = "5 ms" })

local victim = { profile = "rfc9293", challenge_ack = rfc5961, receive_buffer = window, window_scale = "auto" }
local conn_at_server
server:listen(80, function (conn)
  conn_at_server = conn
  while conn:receive() do end
end, { tcp = victim })

client:start(function ()
  local conn = assert(client:connect(server, 80, { from_port = 50000 }))
  while conn:send(1000) do
    sleep "100 ms"
  end
end)

-- 2,000 resets a second, half a window apart, from a number that the attacker makes up.
local tries, step = 0, window // 2
at("1 s", function ()
  every("500 us", function ()
    local seq = exact and 3000000001 + conn_at_server.bytes_received or (123456789 + tries * step) % 2 ^ 32 // 1
    attacker:inject {
      flags = "RST", src = client, dst = server, sport = 50000, dport = 80, seq = math.tointeger(seq),
    }
    tries = tries + 1
    if conn_at_server.state == "CLOSED" then
      note("the connection is dead after " .. tries .. " tries")
      return false
    end
    return tries * step < 2 ^ 32 and not (exact and tries > 10)
  end)
end)

at("6.9 s", function ()
  result("tries", tries)
  result("survived", conn_at_server.state == "ESTABLISHED" and 1 or 0)
end)
stop_at "7 s"
expect("the exact number cuts it; another one in the window only by the old rule", function ()
  return value "survived" == ((rfc5961 and not exact) and 1 or 0)
end)
figure("ladder", { from = "0.92 s", to = "1.0025 s", width = "double" })
