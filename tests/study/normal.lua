-- One number of the normal distribution with mean 10 and deviation 2. The parameter counts
-- independent studies: each takes another number of the stream, since all points have the same
-- seeds.
local study = param("study", 1, "which of them")
local value
for _ = 1, study do value = random.normal(10, 2) end
result("value", value)
