local set = { [{}] = 1, [{}] = 2 }
for key in pairs(set) do print(key) end
