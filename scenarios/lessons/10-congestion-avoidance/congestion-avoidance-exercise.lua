-- Exercise 10: how long must a queue be?
--
-- Four packets may wait before this wire of 2 Mbit/s, and a transfer over a round trip of 100 ms
-- leaves it idle for a seventh of the time. A queue of a thousand packets would never be empty, and
-- everybody would wait in it, for seconds. Find a queue with which the wire is always busy, and which
-- is no longer than it has to be.

local queue = 4                            -- change this

local tcp = { cc = "reno", initial_window = 4, mss = 1000, timestamps = false, delayed_ack = "off",
  send_buffer = "1 MB", receive_buffer = "1 MB" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "2 Mbit/s", delay = "50 ms", queue = queue .. " pkt" })

server:listen(80, function (conn)
  while conn:receive() do end
end)
client:start(function ()
  local conn, before = assert(client:connect(server, 80)), nil
  at("5 s", function () before = wire.forward.delivered_bytes end)
  at("25 s", function ()
    result("used", (wire.forward.delivered_bytes - before) * 8 / 20 / 2e6)
    conn:abort()
  end)
  while conn:send "1 MB" do end
end)

local packet = 1040 * 8 / 2e6              -- its time on the wire
expect("the wire is busy (when the window is halved, what is left must still fill the path)",
  function () return value "used" > 0.995 end)
expect("no longer than it must be (how many packets of 1,040 bytes leave in a round trip of 0.1 s?)",
  function () return queue <= 1.2 * 0.1 / packet end)
figure "cwnd"
