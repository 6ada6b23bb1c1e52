-- What host:ping returns: the last line that ping prints, as numbers. Requests take 20, 24 and 22 ms, the third is lost.
local near, far = host "near", host "far"
local wire = link(near, far, { delay = "10 ms" })
wire:hold("near>ICMP#2", "4 ms")
wire:drop "near>ICMP#3"
wire:hold("near>ICMP#4", "2 ms")
near:start(function ()
  local ping = near:ping(far)
  for _, name in ipairs { "sent", "received", "lost", "min", "mean", "max", "mdev" } do
    result(name, ping[name])
  end
  local nobody = near:ping("192.0.2.7", { count = 2, interval = "100 ms" })
  expect("without a reply there are no times", nobody.lost == 2 and nobody.min == nil and nobody.mean == nil and
         nobody.max == nil and nobody.mdev == nil and #nobody.rtts == 0)
end)
