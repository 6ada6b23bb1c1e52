-- status: 4
-- args: --max-steps 1000000
-- Each end of a block begins another one.
local function again()
  local thing <close> = setmetatable({}, { __close = function () pcall(again) end })
  error "once more"
end
at(1, function () while true do pcall(again) end end)
