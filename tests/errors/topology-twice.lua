star {}
star {}
