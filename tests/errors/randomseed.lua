math.randomseed(5)
