-- Segment 100 arrives behind segment 102.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc }
wire:hold("client>DATA#100", { behind = 2 })
