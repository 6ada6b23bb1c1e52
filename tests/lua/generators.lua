-- Coroutines of one's own are there, as long as they do not wait in simulated time.
local function upto(n)
  return coroutine.wrap(function ()
    for i = 1, n do coroutine.yield(i) end
  end)
end
spawn(function ()
  local sum = 0
  for i in upto(4) do
    sum = sum + i
    sleep(1)
  end
  result("sum", sum)
end)
expect("a generator between waits", function () return value "sum" == 10 and now() == 4 end)
