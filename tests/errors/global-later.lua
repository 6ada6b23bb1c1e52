dumbbell{ left = 2, right = 2 }
