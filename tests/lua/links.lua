-- Links change while time passes: rate, delay, loss, queue, down and pause.
local client, server = host "client", host "server"
local wire = link(client, server, { rate = "1 Mbit/s", delay = "10 ms", queue = "2 pkt" })
server:listen(80, function (conn)
  conn:receive_all()
  conn:close()
end)

local log = {}
client:start(function ()
  local conn = assert(client:connect(server, 80))
  log.slow = conn.connect_time
  sleep(1)
  wire.forward.delay = "40 ms"
  wire.rate = "10 Mbit/s"
  conn:close()
  sleep(1)
  conn = assert(client:connect(server, 80))
  log.changed = conn.connect_time
  wire:down()
  conn:send(100)
  sleep(0.1)
  log.down = wire.forward.dropped_packets
  wire:up()
  sleep(2)
  log.acked = conn:info().bytes_acked
  wire:toward(server):pause()
  conn:send "14480 B"
  sleep(0.01)
  log.paused = wire.forward.queue_packets
  wire.forward.queue = "100 pkt"
  wire.forward:resume()
  sleep(5)
  log.acked_all = conn:info().bytes_acked
  wire.forward.loss = function (packet) return packet.len > 0 and packet.retransmit == 0 end
  conn:send(10)
  sleep(1)
  log.lost = wire.forward.dropped_loss
  wire.forward.loss = 0
  wire.backward.queue = { kind = "droptail", packets = 5, bytes = -1 }
  wire.backward.queue = "1 BDP"
  conn:close()
end)

expect("the first connection", function () return math.abs(log.slow - 0.021) < 0.001 end)
expect("rate and delay changed", function () return math.abs(log.changed - 0.0501) < 0.001 end)
expect("a link that is down loses, and TCP sends again", function ()
  return log.down >= 1 and log.acked == 100
end)
expect("a paused link's queue fills up", function () return log.paused == 2 end)
expect("and empties again", function () return log.acked_all == 14580 end)
expect("a function as a loss model", function () return log.lost == 1 end)
