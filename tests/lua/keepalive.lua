-- tcp = {keepalive = {...}}, true or false; user_timeout: a peer that is gone is found out.
local client, server = host "client", host "server"
link(client, server, { delay = "5 ms" })
server:listen(80, function (conn) sleep(1) conn:vanish() server:restart() end,
  { tcp = { keepalive = true } })
local function try(name, tcp)
  client:start(function ()
    local conn = assert(client:connect(server, 80, { tcp = tcp }))
    local _, reason = conn:receive()
    expect(name .. " learns it", reason == "reset" or reason == "timed out")
    result(name, now())
  end)
end
try("short", { keepalive = { idle = "2 s", interval = "1 s", probes = 3 } })
try("long", { keepalive = { idle = "10 s" } })
stop_at "100 s"
expect("by the reset that the first probe draws", function ()
  return value "short" > 1.9 and value "short" < 3 and value "long" > 9 and value "long" < 12
end)
