getmetatable(host "a").__index = nil
