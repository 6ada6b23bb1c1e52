-- args: -s abc
local a = host "a"
