-- Segment 20 is lost, and so is its first retransmission.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc }
wire:drop "client>DATA#20"
wire:drop "client>REXMIT#1"
