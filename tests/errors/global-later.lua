torus{ left = 2, right = 2 }
