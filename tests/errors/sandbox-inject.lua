-- status: 4
-- args: --max-memory 16MiB
local a, b = host "a", host "b"
link(a, b, { delay = "100 s", queue = "1000000000 pkt" })
at(1, function ()
  while true do a:inject{ dst = b, sport = 1, dport = 2, flags = "SYN" } end
end)
