-- args: -o -
host "a"
