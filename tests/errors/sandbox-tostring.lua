error(setmetatable({}, { __tostring = function () error "no text" end }))
