-- args: --max-steps 10
local a = host "a"
