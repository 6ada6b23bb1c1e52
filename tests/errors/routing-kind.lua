routing "hop"
