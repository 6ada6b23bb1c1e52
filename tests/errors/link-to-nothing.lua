local a = host "a"
link(a, b_that_is_not)
