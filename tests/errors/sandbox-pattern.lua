-- status: 4
-- args: --max-wall 0.2
-- A pattern that explodes: one call of Lua's library, in which no hook is asked.
at(1, function ()
  local text = ("a"):rep(40)
  return text:find(("a-"):rep(25) .. "b")
end)
