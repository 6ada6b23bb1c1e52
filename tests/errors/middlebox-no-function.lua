middlebox "box"
