-- args: --sead=2
local a = host "a"
