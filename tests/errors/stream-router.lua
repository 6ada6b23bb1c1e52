local a, r = host "a", router "r"
on_off { from = a, to = r, rate = "1 Mbit/s" }
