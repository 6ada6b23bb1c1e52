local a, b = host "a", host "b"
local home = nat("home", { inside = { a, b } })
link(a, home)
link(home, b)
