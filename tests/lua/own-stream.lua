-- The scenario's numbers are its own: neither the network nor its links draw from them.
-- args: -s 42
local a, b = host "a", host "b"
link(a, b, { delay = "1 ms", loss = 0.2 })
local before = random()
b:listen(1, function (conn) conn:receive_all() conn:close() end)
a:start(function ()
  local conn = assert(a:connect(b, 1))
  conn:send "100 kB"
  conn:close()
end)
at(30, function () result("after", random()) end)
expect("two numbers of the stream", function ()
  return string.format("%.9f %.9f", before, value "after") == "0.500580333 0.439579731"
end)
