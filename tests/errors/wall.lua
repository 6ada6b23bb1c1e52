-- status: 4
-- args: --max-wall 200ms
local function again() at(now() + 1, again) end
at(0, again)
