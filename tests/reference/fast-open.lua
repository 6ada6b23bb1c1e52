-- Three connections of 500 bytes that are answered by 200: the first asks for a cookie, the others
-- bring it, and their data, in the SYN. The times are those at which the measured programs acted: one
-- after the other, client and server in one program, which waited for the client's call first.
local client = host "client"
local server = host "server"
link(client, server, { delay = "50 ms" })

local rounds = { { open = 0, accept = 0.1504, close = 0.2006 },
                 { open = 0.7009, accept = 0.8012, close = 0.8514 },
                 { open = 1.3517, accept = 1.4521, close = 1.5025 } }
local function wait_until(t)
  if now() < t then
    sleep(t - now())
  end
end

local listener = server:listen(80, { tcp = { fastopen = "server" } })
server:start(function ()
  for _, round in ipairs(rounds) do
    local conn = listener:accept()
    wait_until(round.accept)
    conn:receive(500)
    conn:send(200)
    wait_until(round.close)
    conn:close()
  end
end)
client:start(function ()
  for _, round in ipairs(rounds) do
    wait_until(round.open)
    local conn = assert(client:connect(server, 80, { fastopen = 500 }))
    conn:receive(200)
    conn:close()
  end
end)
