assert(load("\27Lua", "x", "b"))
