-- status: 4
-- args: --max-steps 1000000
at(1, function ()
  while true do pcall(function () while true do end end) end
end)
