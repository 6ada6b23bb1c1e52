at(1, function () host "late" end)
