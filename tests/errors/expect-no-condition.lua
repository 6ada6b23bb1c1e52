expect "all is well"
