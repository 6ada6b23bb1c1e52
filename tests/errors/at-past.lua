at(2, function () at(1, print) end)
