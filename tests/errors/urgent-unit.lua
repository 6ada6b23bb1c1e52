local a, b = host "a", host "b"
link(a, b)
b:listen(80)
a:start(function ()
  local conn = assert(a:connect(b, 80))
  conn:send_urgent "10 ms"
end)
