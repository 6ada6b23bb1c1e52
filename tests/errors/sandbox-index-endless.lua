local t = {}
setmetatable(t, { __index = function (self, key) return self[key .. "x"] end })
print(t.a)
