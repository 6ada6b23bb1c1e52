-- now, sleep, at, spawn and every: who runs when, and what keeps a run alive.
local log = {}
local function say(text)
  log[#log + 1] = string.format("%g %s", now(), text)
end

at(2, function () say "at 2" end)
at("500 ms", function ()
  say "at 0.5"
  sleep(1)
  say "slept 1 s"
  at(now(), function () say "at now" end)
end)
spawn(function ()
  say "spawned"
  spawn(function () say "spawned by a coroutine" end)
  sleep(0)
  say "slept 0"
  sleep "2.5 s"
  say "the last event"
end)

local ticks = 0
every("1 s", function ()
  ticks = ticks + 1
  say("tick " .. ticks)
end)

local twice = 0
every(0.4, function ()
  twice = twice + 1
  return twice < 2
end)

local slow = {}
every(0.25, function ()
  slow[#slow + 1] = now()
  sleep(0.6)
  return #slow < 3
end)

-- A sum that falls short of now by the rounding of a double is now.
at(0.3, function ()
  at(now() - 1e-17, function () say "rounding" end)
end)

expect("events in their order", function ()
  return table.concat(log, "; ") ==
    "0 spawned; 0 spawned by a coroutine; 0 slept 0; 0.3 rounding; 0.5 at 0.5; 1 tick 1; " ..
    "1.5 slept 1 s; 1.5 at now; 2 at 2; 2 tick 2; 2.5 the last event"
end)
expect("every ends when its function returns false", function () return twice == 2 end)
expect("every does not keep the run alive", function () return now() == 2.5 and ticks == 2 end)
expect("a slow call is followed by the next at once", function ()
  return #slow == 3 and slow[1] == 0.25 and slow[2] == 0.85 and slow[3] == 1.45
end)
