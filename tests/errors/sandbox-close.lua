-- status: 4
-- args: --max-steps 1000000
at(1, function ()
  local thing <close> = setmetatable({}, { __close = function () while true do end end })
end)
