-- args: --until 5kB
local a = host "a"
