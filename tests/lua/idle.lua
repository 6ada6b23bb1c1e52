-- Connections that open and stay open; more connections than the summary lists.
trace { connections = 3 }
local client, server = host "client", host("server", { tcp = { backlog = 1000 } })
link(client, server, { delay = "10 ms" })
local load = idle { from = client, to = server, count = 200, gap = "1 ms", start = "0.1 s" }
local none = idle { from = server, to = client, count = 5, ["until"] = 0, gap = "1 ms", name = "one" }
expect("all are open", function () return load.started == 200 and load.completed == 200 and load.failed == 0 end)
expect("not a byte", function () return load.bytes == 0 end)
expect("its time is a handshake", function () return math.abs(load.mean_fct - 0.02) < 1e-9 end)
expect("nothing keeps the run alive", function () return now() < 0.34 end)
expect("until", function () return none.started == 1 and none.name == "one" end)
