-- param: kinds, and values from the command line.
-- args: -p delay=20ms -p count=7 -p ratio=2% -p cc=cubic -p fast=true -p size=1KiB -p plain=1.5
local delay = param("delay", "50 ms", "a time")
local rate  = param("rate", "10 Mbit/s", "stays as it is")
local count = param("count", 5, "a whole number", { min = 1, max = 10 })
local ratio = param("ratio", 0.01, "a number that takes a unit")
local cc    = param("cc", "reno", "a text", { choices = { "reno", "cubic" } })
local fast  = param("fast", false, "true or false")
local size  = param("size", "1500 B", "a size", { max = "64 KiB" })
local plain = param("plain", 1)
local pick  = param("pick", 2, "a choice of numbers", { choices = { 1, 2, 3 } })

expect("a time is a number of seconds", delay == 0.02)
expect("a rate is a number of bit/s", rate == 1e7 and math.type(rate) == "integer")
expect("a count is an integer", count == 7 and math.type(count) == "integer")
expect("a number takes a unit", ratio == 0.02)
expect("a text", cc == "cubic")
expect("true or false", fast == true)
expect("a size is a number of bytes", size == 1024)
expect("a number may get a fraction", plain == 1.5)
expect("a choice", pick == 2)
expect("a text that begins like a number", param("address", "10.0.0.1") == "10.0.0.1" and
  param("kind", "3-way") == "3-way")
expect("quantity", quantity "50 ms" == 0.05 and quantity "1 %" == 0.01 and quantity(5) == 5 and
  quantity "64 KiB" == 65536 and quantity "1 Gbps" == 1e9)
