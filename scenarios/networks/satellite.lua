-- A geostationary satellite: half a second for a round trip.
--
-- Shows: with so much under way TCP is slow to begin (ten segments, doubled every 600 ms) and a single
-- loss is dear; the default buffers hold it back as much as the path does. With PEPs, larger initial
-- windows and CUBIC one lives.
-- Try:   -p window=40, -p loss=0, -p cc=reno

local window = param("window", 10, "initial window, segments", { min = 1, max = 100 })
local loss   = param("loss", "0.01 %", "on the way down", { min = 0, max = 0.1 })
local cc     = param("cc", "cubic", "congestion control", { choices = { "reno", "cubic", "westwood" } })

local server  = host("server", { tcp = { initial_window = window, cc = cc } })
local gateway, terminal = router "gateway", router "terminal"
local client  = host "client"
link(server, gateway, { rate = "1 Gbit/s", delay = "10 ms" })
link(gateway, terminal, { delay = "270 ms", forward = { rate = "20 Mbit/s", loss = loss, queue = "1 BDP" }, backward = { rate = "2 Mbit/s" } })
link(terminal, client, { rate = "1 Gbit/s", delay = "1 ms" })
local page     = request_response { from = client, to = server, request = 500, response = "100 kB", name = "page" }
local download = bulk { from = server, to = client, bytes = "20 MB", start = 5, name = "download" }

expect("a page of 100 kB takes several round trips", function ()
  return page.completed == 1 and page.mean_fct > 4 * 0.56 - 1 and page.mean_fct < 8
end)
expect("the download comes through", function ()
  return download.completed == 1
end)
trace { timeline = false, pcap = false }
figure("throughput", { link = "gateway>terminal" })
