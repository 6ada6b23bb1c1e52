local a = host "a"
middlebox("a", function () end)
