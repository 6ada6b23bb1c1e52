-- A module beside a scenario: it sees the same language.
local helpers = { extra = host "extra" }

function helpers.double(x)
  return 2 * x
end

return helpers
