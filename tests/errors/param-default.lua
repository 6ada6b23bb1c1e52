param("n", {})
