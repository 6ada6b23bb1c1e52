-- Congestion windows have no sequence numbers.
local a, b = host "a", host "b"
link(a, b)
figure("cwnd", { raw = true })
