spawn(function () coroutine.yield() end)
