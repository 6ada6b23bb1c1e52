-- The same while the run goes on, with nothing to stop each level from trying again.
local function f() f() f() f() end
at(1, f)
