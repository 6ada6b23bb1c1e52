-- stop() ends the run after the event under way; --until would have ended it later.
-- args: --until 20s
local after = false
at(1, function ()
  stop()
  after = true
end)
at(1, function () error "this never happens" end)
expect("the event under way goes to its end", function () return after and now() == 1 end)
