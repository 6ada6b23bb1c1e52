-- status: 4
-- args: --max-memory 64MiB
local text = "x"
while true do text = text .. text end
