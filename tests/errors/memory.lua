-- status: 4
-- args: --max-memory 4MB
local list = {}
for i = 1, 1e7 do list[i] = i end
