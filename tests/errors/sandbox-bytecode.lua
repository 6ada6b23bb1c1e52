local ok, why = load("\27Lua")
error(why)
