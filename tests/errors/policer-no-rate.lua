local a, b = host "a", host "b"
link(a, b, { policer = { burst = "1 kB" } })
