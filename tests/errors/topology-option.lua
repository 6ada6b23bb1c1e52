dumbbell { lefts = 3 }
