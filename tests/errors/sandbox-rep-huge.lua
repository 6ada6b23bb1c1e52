-- status: 4
-- args: --max-memory 64MiB
local text = ("x"):rep(1e9)
