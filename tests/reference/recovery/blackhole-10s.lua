-- Nothing of the client arrives for ten seconds.
local flow = require "flow"
local cc = param("cc", "reno", "congestion control of the sender")

local wire = flow { cc = cc, segments = 600, close_after = 20 }
wire:drop("client>DATA#71+", { to = "10.45 s" })
wire:drop("client>REXMIT", { to = "10.45 s" })
