-- Both ends open at the same moment, towards each other.
--
-- Shows: the two SYNs cross, each answers the other's with a SYN+ACK, and one connection comes out
-- of it, not two (RFC 9293, figure 7). Nobody listens anywhere.
-- Try:   let one start later: -p lag=49ms still crosses, -p lag=51ms finds a SYN with nobody behind
--        the port, and is answered by a reset.

local delay = param("delay", "50 ms", "one-way propagation delay", { min = 0 })
local lag   = param("lag", "0 ms", "how much later the second one starts", { min = 0 })

local left  = host "left"
local right = host "right"
link(left, right, { delay = delay })

local states, refused = {}, 0
local function open(from, to, my_port, its_port)
  local conn, reason = from:connect(to, its_port, { from_port = my_port })
  if not conn then
    refused = refused + 1
    note("connect() fails: " .. reason)
    return
  end
  states[#states + 1] = conn.state
  result(from == left and "left_connect_time" or "right_connect_time", conn.connect_time)
end

left:start(function () open(left, right, 5000, 6000) end)
right:start(function () sleep(lag) open(right, left, 6000, 5000) end)

local cross = lag < delay
expect("both are ESTABLISHED, by one connection, and neither when the SYNs do not cross", function ()
  if not cross then return #states == 0 and refused == 2 end
  return #states == 2 and states[1] == "ESTABLISHED" and states[2] == "ESTABLISHED"
end)
expect("after one round trip, if at all", function ()
  return not cross or math.abs(value "left_connect_time" - 2 * delay) < 1e-9 and
    math.abs(value "right_connect_time" - 2 * delay) < 1e-9
end)
figure "ladder"
