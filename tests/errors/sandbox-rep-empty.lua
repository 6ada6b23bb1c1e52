-- status: 4
-- args: --max-wall 0.2
-- Nothing, a great many times: no memory is taken and no hook asked.
local a, b = host "a", host "b"
link(a, b)
a:start(function ()
  local text = string.rep("", math.maxinteger)
end)
