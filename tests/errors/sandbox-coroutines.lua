-- status: 4
-- args: --max-steps 1000000
-- A coroutine that never ends, in one that never ends.
local function forever() while true do coroutine.wrap(function () end)() end end
at(1, function () while true do coroutine.wrap(forever)() end end)
