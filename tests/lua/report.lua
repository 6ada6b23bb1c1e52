-- What is said at the end of a run: results, expectations with what they saw, what still waits.
-- status: 1
local a, b = host "a", host "b"
local wire = link(a, b)
wire:drop "SYN#7"
a:start(function ()
  result("answer", 42)
  result("third", 1 / 3)
  note "the answer is known"
  print("printed", 1, true, nil)
  sleep "1 h"
end)
b:start(function ()
  local listener = b:listen(80)
  listener:accept()
end)
stop_at "10 s"
expect("holds", true)
expect("does not hold", 1 == 2)
expect("says what it saw", function ()
  return value "answer" == 43 and wire.forward.sent_packets > 0
end)
expect("says what went wrong", function () return value "question" == 1 end)
expect("more than one value", function ()
  return value "answer" == 42 and wire.forward.sent_packets > 0
end)
