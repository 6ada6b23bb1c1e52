-- Exercise 12: a game beside a download.
--
-- Somebody plays, and somebody else in the house downloads. A move may take 2 ms longer than without
-- the download, not more, and the download is to get most of the wire. Give the wire another queue:
-- "100 pkt" is one of 100 packets, { kind = "codel" } another one, `./run list queue` has them all.

local queue = "300 pkt"                    -- change this

local server = host("server", { tcp = { send_buffer = "4 MB" } })
local home   = host("home", { tcp = { receive_buffer = "4 MB" } })
link(server, home, { rate = "10 Mbit/s", delay = "20 ms", queue = queue })

local download = bulk { from = server, to = home, start = 2 }

local alone, beside
home:start(function ()
  alone = home:ping(server, { count = 9, interval = "200 ms" }).mean
  sleep(3 - now())
  beside = home:ping(server, { count = 35, interval = "200 ms" }).mean
  result("longer", beside - alone)
  result("download_mbit_s", download.bytes * 8 / (now() - 2) / 1e6)
  stop()
end)

expect("2 ms longer at most (one waits in the download's queue: which kind has a queue for each?)",
  function () return value "longer" <= 0.002 end)
expect("8.5 Mbit/s for the download (a queue that is too short is empty too often)",
  function () return value "download_mbit_s" > 8.5 end)
trace { timeline = false, pcap = false }
figure("queue", { link = "server>home" })
