-- status: 4
-- args: --max-wall 0.2
local co = coroutine.wrap(function () table.move({}, 1, math.maxinteger - 1, 2) end)
pcall(co)
