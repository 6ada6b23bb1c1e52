-- args: -p cc=bbr
local cc = param("cc", "reno", "congestion control", { choices = { "reno", "cubic" } })
