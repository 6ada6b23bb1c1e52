-- The flow of every case: so many full segments in one go over 10 Mbit/s, 50 ms each way.
local segment = 1448   -- bytes of data: MTU 1500 less the headers with timestamps

-- options: cc, segments, sack, close_after.
return function (options)
  local client = host("client", { tcp = { sack = options.sack ~= false, send_buffer = "4 MB" } })
  local server = host "server"
  local wire = link(client, server, { rate = "10 Mbit/s", delay = "50 ms", queue = "100 pkt" })

  server:listen(80, function (conn)
    conn:receive_all()
    conn:close()
  end)
  client:start(function ()
    local conn = assert(client:connect(server, 80, { tcp = { cc = options.cc } }))
    sleep(0.153 - now())
    conn:send((options.segments or 300) * segment)
    sleep(options.close_after or 3)
    conn:close()
  end)
  return wire
end
