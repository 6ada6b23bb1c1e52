-- The measure of speed: one bulk transfer that fills a link, recorded by nobody.
local size = param("size", "100 MB", "bytes to send", { min = 1 })
local rate = param("rate", "100 Mbit/s", "rate of the link", { min = 1000 })

local client = host "client"
-- The window covers the path and half of its queue: the link is full and nothing is lost.
local server = host("server", { tcp = { receive_buffer = "350 kB", autotune = false } })
link(client, server, { rate = rate, delay = "10 ms" })

server:listen(80, function (conn)
  local count = conn:receive_all()
  result("received", count)
  result("seconds", now())
  conn:close()
end)
client:start(function ()
  local conn = assert(client:connect(server, 80))
  conn:send(size)
  conn:close()
end)

expect("every byte arrives", function () return value "received" == size end)
