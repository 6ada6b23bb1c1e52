-- A connection that was silent for too long: the NAT has forgotten it.
--
-- Shows: neither end knows of the NAT's memory. After a minute without a packet it has given the
--        mapping up, and what the server sends then is dropped, "no mapping": the server sends it
--        again and again, and gives up after many minutes, while the client waits for ever. Keepalives
--        that are more frequent than the NAT is forgetful keep the connection.
-- Try:   -p keepalive="30 s". A NAT that is patient: -p memory="2 h", which is what RFC 5382 asks for.

local memory    = param("memory", "60 s", "how long the NAT remembers a silent connection", { min = "1 s" })
local keepalive = param("keepalive", 0, "of the client, seconds; 0: none", { min = 0 })
local silence   = 90

local client = host("client", { tcp = { keepalive = keepalive > 0 and { idle = keepalive, interval = keepalive } or false } })
local home   = nat("home", { inside = client, established_timeout = memory })
local server = host("server", { tcp = { retries = 3 } })
link(client, home, { rate = "10 Mbit/s", delay = "5 ms" })
link(home, server, { rate = "10 Mbit/s", delay = "15 ms" })

server:listen(5222, function (conn)          -- a server that has news now and then
  conn:receive(100)
  sleep(silence)
  conn:send(500)
  conn:close()
end)

local news
client:start(function ()
  local conn = assert(client:connect(server, 5222))
  conn:send(100)
  news = conn:receive(500)
  result("news_after", now())
  conn:close()
end)
stop_at "200 s"

expect("the news arrive if the NAT is patient, or reminded in time", function ()
  local kept = memory > silence or keepalive > 0 and keepalive < memory
  return (news == 500) == kept and (home.dropped == 0) == kept
end)
figure("ladder")
