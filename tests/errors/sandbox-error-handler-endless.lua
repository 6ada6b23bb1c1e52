-- status: 4
-- args: --max-steps 1000000
xpcall(error, function () while true do end end, "x")
