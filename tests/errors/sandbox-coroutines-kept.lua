-- status: 4
-- args: --max-memory 16MiB
local all = {}
for i = 1, 1e7 do
  all[i] = coroutine.create(function () coroutine.yield() end)
  coroutine.resume(all[i])
end
