local a = host "a"
a:listen(80)
a:listen(80)
