-- args: -p n=11
local n = param("n", 5, "how many", { min = 1, max = 10 })
