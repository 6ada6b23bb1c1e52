-- status: 4
-- args: --max-wall 0.2
-- The same while the file is read.
local text = ("a"):rep(40)
print(text:find(("a-"):rep(25) .. "b"))
