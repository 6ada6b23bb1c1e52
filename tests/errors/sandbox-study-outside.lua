study { scenario = "../lua/params.lua", vary = { "x=1,2" } }
