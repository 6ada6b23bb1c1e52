host "a"
host "a"
