host { "a" }
