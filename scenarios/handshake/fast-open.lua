-- Fast Open: the second request goes out in the SYN.
--
-- Shows: opening a connection costs a round trip before the first byte of a request can leave. The
--        first connection to a server pays it, and asks for a cookie by an empty option (RFC 7413). The
--        second one brings the cookie and its request in the SYN: the server reads and answers before the
--        handshake is over, and the answer is here after one round trip in place of two.
-- Try:   -p lost=true: a firewall loses the SYN that carries data. It is sent again without the
--        data and without the cookie, and all that Fast Open has cost is the time-out.
--        -p server=false: it grants no cookies, and nothing changes but an option of the SYN.

local lost   = param("lost", false, "the SYN with data is lost")
local grants = param("server", true, "the server takes part")
local delay  = param("delay", "50 ms", "one-way propagation delay", { min = 0.001 })

local client = host "client"
local server = host "server"
local wire   = link(client, server, { delay = delay })

if lost then wire:drop(function (packet) return packet.flags == "SYN" and packet.len > 0 end) end

server:listen(80, function (conn)
  conn:receive(200)
  conn:send(1000)
  conn:close()
end, { tcp = { fastopen = grants and "server" or false } })

local function ask(name, options)
  local before = now()
  local conn = assert(client:connect(server, 80, options))
  conn:receive(1000)
  result(name, (now() - before) / (2 * delay))
  conn:close()
end

client:start(function ()
  ask("first_in_round_trips", { fastopen = 200 })
  sleep(1 - now())
  ask("second_in_round_trips", { fastopen = 200 })
end)

expect("the first request takes two round trips", function ()
  return math.abs(value "first_in_round_trips" - 2) < 0.01
end)
expect("the second takes one; two without a cookie, and a time-out when the SYN is lost", function ()
  local wanted = not grants and 2 or lost and 2 + 1 / (2 * delay) or 1
  return math.abs(value "second_in_round_trips" - wanted) < 0.01
end)
figure "ladder"
