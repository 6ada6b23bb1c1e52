-- Exercise 9: what has not arrived?
--
-- A client sent eleven segments of 1,000 bytes. The last ACK before it repaired anything was
--
--     ack 2001 <sack 8001-11001,5001-7001,3001-4001>
--
-- Which segments were lost? Change the rule so that the run agrees. (Several are named by
-- "DATA#1,4,6"; the first carries the bytes 1 to 1,000.)

local lost = "client>DATA#2"               -- change this

local tcp = { profile = "rfc9293", mss = 1000, timestamps = false, initial_window = 11,
  delayed_ack = "off" }
local client = host("client", { tcp = tcp })
local server = host("server", { tcp = tcp })
local wire   = link(client, server, { rate = "2 Mbit/s", delay = "50 ms" })

wire:drop(lost)
local repaired = {}                        -- the first byte of each segment that is sent again
wire:drop(function (packet)
  if packet.retransmit > 0 then repaired[packet.seq] = true end
  return false
end)

server:listen(80, function (conn) conn:receive(11000) end)
client:start(function ()
  assert(client:connect(server, 80)):send(11000)
end)

local arrived = { { 1, 2001 }, { 3001, 4001 }, { 5001, 7001 }, { 8001, 11001 } }
local function has(byte)
  for _, block in ipairs(arrived) do
    if byte >= block[1] and byte < block[2] then return true end
  end
  return false
end
expect("nothing is sent again that has arrived (all below the ack has, and what stands in a block)",
  function ()
    for byte in pairs(repaired) do
      if has(byte) then return false end
    end
    return true
  end)
expect("what is missing is sent again (from the ack to the first block, and between two blocks)",
  function ()
    for byte = 1, 10001, 1000 do
      if not has(byte) and not repaired[byte] then return false end
    end
    return true
  end)
figure("tcptrace", { from = "0.1 s" })
