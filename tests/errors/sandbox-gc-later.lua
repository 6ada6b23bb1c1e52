-- A field that comes later is no finalizer: Lua looks once.
local meta = {}
setmetatable({}, meta)
meta.__gc = function () while true do end end
for i = 1, 1e5 do local t = {} end
collectgarbage()
error "nothing ran"
