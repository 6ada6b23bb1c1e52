spawn(function () sleep "5 kB" end)
