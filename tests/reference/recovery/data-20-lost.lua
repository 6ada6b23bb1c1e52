-- Segment 20 is lost once.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc }
wire:drop "client>DATA#20"
