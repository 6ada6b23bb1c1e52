at(0, function () param("n", 1) end)
