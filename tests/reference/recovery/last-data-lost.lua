-- The last of thirty segments is lost: no ACK follows that could tell.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc, segments = 30 }
wire:drop "client>DATA#30"
