spawn(function () sleep(-1) end)
