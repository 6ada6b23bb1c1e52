-- What can go wrong with a run, one value of the parameter each.
local how = param("how", "well", "what happens",
                  { choices = { "well", "error", "unmet", "endless", "memory", "load" } })
if how == "load" then error "the file itself" end
host("alone"):start(function ()
  if how == "error" then error "no good" end
  if how == "memory" then
    local kept = {}
    while true do kept[#kept + 1] = ("x"):rep(1000000) .. #kept end
  end
  while how == "endless" do sleep(1) end
  result("answer", 42)
end)
expect("it went well", how ~= "unmet")
