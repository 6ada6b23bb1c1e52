-- What is loaded with an environment of its own gets no more than it is given.
local chunk = load("return io", "=other", "t", {})
print(chunk() == nil)
load("io.open('x')", "=other", "t", {})()
