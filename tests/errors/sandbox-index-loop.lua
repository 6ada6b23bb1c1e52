local one, two = {}, {}
setmetatable(one, { __index = two })
setmetatable(two, { __index = one })
print(one.a)
