-- status: 4
at(1, function ()
  while true do end
end)
