at(0, function () result("x", nil) end)
