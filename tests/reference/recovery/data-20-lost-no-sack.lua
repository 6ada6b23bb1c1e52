-- Segment 20 is lost, and the receiver can say so by duplicate ACKs only.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc, sack = false }
wire:drop "client>DATA#20"
