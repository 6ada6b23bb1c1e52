-- A function that calls itself without end.
local function ask() return 1 + ask() end
print(ask())
