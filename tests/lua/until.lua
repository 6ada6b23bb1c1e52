-- --until ends a run that would go on.
-- args: --until 2.5s
at(2, function () result("before", now()) end)
at(3, function () error "this never happens" end)
expect("time stands at --until", function () return now() == 2.5 and value "before" == 2 end)
