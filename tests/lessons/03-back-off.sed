# 7 T has to lie in 10 s to 10.9 s.
s/^local first = "1 s"/local first = "1.5 s"/
