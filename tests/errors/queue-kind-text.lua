local a, b = host "a", host "b"
link(a, b, { queue = "fq-codel" })
