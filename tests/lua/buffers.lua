-- A buffer that is given does not grow, unless its ceiling is given too; autotuning grows the rest.
local client, server = host "client", host "server"
link(client, server, { rate = "1 Gbit/s", delay = "50 ms", queue = "10 MB" })
local function most_offered(port, tcp)
  server:listen(port, function (conn) conn:receive_all() conn:close() end, { tcp = tcp })
  client:start(function ()
    local conn = assert(client:connect(server, port))
    conn:send "20 MB"
    local most = 0
    while conn.bytes_acked < 20000000 do
      most = math.max(most, conn.snd_wnd)
      sleep "10 ms"
    end
    result("most_" .. port, most)
    conn:close()
  end)
end
most_offered(1, nil)
most_offered(2, { receive_buffer = "100 kB" })
most_offered(3, { receive_buffer = "100 kB", receive_buffer_max = "1 MB" })
expect("autotuned: beyond a megabyte", function () return value "most_1" > 1000000 end)
expect("fixed", function ()
  return value "most_2" > 90000 and value "most_2" <= 100000 + 128
end)
expect("with a ceiling", function ()
  return value "most_3" > 900000 and value "most_3" <= 1000000 + 128
end)
