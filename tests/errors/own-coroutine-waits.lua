spawn(function ()
  local step = coroutine.wrap(function () sleep(1) end)
  step()
end)
