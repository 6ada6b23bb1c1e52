-- Exercise 6: how large must the buffer be?
--
-- 4 MB go over a wire of 10 Mbit/s with a round trip of 100 ms, which is then busy only half of the
-- time. The buffer at the server is too small. A thousand times as large would do, but a busy server
-- has ten thousand connections and not so much memory. Choose a size that is enough, and no more than
-- a fifth above it.

local buffer = "64 kB"                     -- change this

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, delayed_ack = "off",
  send_buffer = "4 MB", receive_buffer = buffer }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
link(client, server, { rate = "10 Mbit/s", delay = "50 ms", queue = "1000 pkt" })

server:listen(80, function (conn)
  conn:receive "2 MB"
  local begun = now()
  conn:receive "2 MB"
  result("mbit_s", 2 * 8 / (now() - begun))
end)

client:start(function ()
  assert(client:connect(server, 80)):send "4 MB"
end)

expect("the wire is full: 9.5 Mbit/s of data (how many bytes are under way when no moment is wasted?)",
  function () return value "mbit_s" > 9.5 end)
expect("no more memory than that takes (the rate times the round trip, and a little)",
  function () return quantity(buffer) <= 1.2 * 10e6 / 8 * 0.1 end)

figure("tcptrace", { from = "1 s", to = "1.5 s" })
