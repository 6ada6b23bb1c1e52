-- stop_at: events at that very time still happen, and it may be moved while time passes.
local last
every(1, function () last = now() end)
spawn(function () sleep(100) end)
stop_at(50)
at(1, function () stop_at "3 s" end)
expect("stopped at 3 s", function () return now() == 3 end)
expect("what happens then still happens", function () return last == 3 end)
