-- random and math.random draw from one stream, which the seed decides.
-- args: -s 42
local n = 2000
local function mean(draw)
  local sum = 0
  for _ = 1, n do sum = sum + draw() end
  return sum / n
end
local function near(a, b, by)
  return math.abs(a - b) < by
end

local first = random()
expect("uniform numbers are in [0, 1)", function ()
  return first >= 0 and first < 1
end)
expect("the mean of uniform numbers", near(mean(random), 0.5, 0.03))
expect("math.random is the same kind of number", near(mean(math.random), 0.5, 0.03))
expect("uniform between bounds", near(mean(function () return random.uniform(2, 4) end), 3, 0.06))
expect("exponential", near(mean(function () return random.exponential "100 ms" end), 0.1, 0.01))
expect("normal", near(mean(function () return random.normal(10, 2) end), 10, 0.2))
expect("pareto", near(mean(function () return random.pareto(1, 3) end), 1, 0.1))
expect("chance", near(mean(function () return random.chance "25 %" and 1 or 0 end), 0.25, 0.04))

local seen = {}
for _ = 1, 300 do
  seen[math.random(6)] = true
  assert(math.random(3, 5) >= 3 and random.integer(-2, 2) <= 2)
end
expect("a die has six sides", #seen == 6 and seen[0] == nil and seen[7] == nil)

-- Another stream's draws do not move these: the numbers of seed 42, for good.
expect("the first number of seed 42", string.format("%.9f", first) == "0.500580333")
