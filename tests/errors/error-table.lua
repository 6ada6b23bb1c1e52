at(0, function () error({ code = 5 }) end)
