-- An error in the function that is asked about errors, without end.
local function handler(message) error(message .. "!") end
local ok, message = xpcall(function () error "first" end, handler)
error(message)
