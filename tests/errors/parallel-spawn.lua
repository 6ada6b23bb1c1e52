-- args: --parallel
local a, b = host "a", host "b"
local wire = link(a, b, { rate = "10 Mbit/s", delay = "1 ms" })
spawn(function () sleep(1) end)
