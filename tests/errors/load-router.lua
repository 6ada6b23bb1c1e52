local a, r = host "a", router "r"
bulk { from = a, to = r }
