-- status: 4
-- args: --max-steps 3000000
local function again() at(now(), again) end
at(1, again)
