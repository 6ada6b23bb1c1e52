param("delay", "50 mss")
