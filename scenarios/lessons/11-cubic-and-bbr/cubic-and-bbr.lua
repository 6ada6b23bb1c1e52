-- Lesson 11: two ways to find out what the network carries.
--
-- Shows: two senders, each on a path of its own. CUBIC sends more until a packet is lost, so its
--        queue is full most of the time. BBR measures how much arrives and how short a round trip can
--        be, and keeps the queue short. README.md is the lesson's page.
-- Try:   losses that have nothing to do with the queue: -p loss=1%. A long queue: -p queue=200. A
--        short one: -p queue=5.

local queue = param("queue", 50, "packets that may wait before each wire", { min = 1, max = 500 })
local loss  = param("loss", "0 %", "probability that a packet is lost under way", { min = 0, max = 0.1 })
local delay = param("delay", "25 ms", "one-way propagation delay", { min = 0.005, max = 0.1 })
local time  = param("time", "12 s", "how long it lasts", { min = 5, max = 60 })

for _, cc in ipairs { "cubic", "bbr" } do
  local client = host(cc, { tcp = { cc = cc, send_buffer = "1 MB" } })
  local server = host("server-" .. cc, { tcp = { receive_buffer = "1 MB" } })
  link(client, server, { rate = "4 Mbit/s", delay = delay, queue = queue .. " pkt",
    forward = { loss = loss } })
  server:listen(80, function (conn)
    while conn:receive() do end
  end)
  client:start(function ()
    local conn = assert(client:connect(server, 80))
    at(time, function ()
      result("mbit_s_" .. cc, conn.bytes_acked * 8 / time / 1e6)
      result("round_trip_" .. cc, conn.srtt)
      conn:abort()
    end)
    while conn:send "1 MB" do end
  end)
end

expect("where nothing else is lost, CUBIC stands in a queue, and BBR does not", function ()
  local is_short = queue < 20 or queue * 1500 * 8 / 4e6 < 4 * delay
  return loss > 0 or is_short or
    value "round_trip_cubic" > 1.2 * value "round_trip_bbr"
end)
expect("losses that tell nothing of the queue hold CUBIC down, and BBR not", function ()
  return loss < 0.01 or delay < 0.02 or
    value "mbit_s_bbr" > 1.3 * value "mbit_s_cubic"
end)
trace { timeline = false, pcap = false }
figure "cwnd"
figure("queue", { link = ">server" })
