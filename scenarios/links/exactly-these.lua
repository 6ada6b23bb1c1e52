-- Losing exactly these packets: by their places on the wire, and by what they are.
--
-- Shows: two ways to say it. The loss model "list" counts whatever passes a direction, from 1: the SYN
--        is the first, the ACK of the handshake the second, then data. A rule counts packets of its kind:
--        the same segments are DATA#3 and DATA#5. Both connections lose the same and mend it alike.
-- Try:   -p first=12 (nothing comes behind it to show the loss: the tail-loss probe has to find it).

local first = param("first", 5, "the first packet that is lost", { min = 3, max = 12 })

local function transfer(name, options)
  local sender, receiver = host(name), host(name .. "-receiver")
  local wire = link(sender, receiver, { rate = "10 Mbit/s", delay = "20 ms", forward = options })
  receiver:listen(80, function (conn)
    result(name, conn:receive_all() and now())
    conn:close()
  end)
  sender:start(function ()
    local conn = assert(sender:connect(receiver, 80))
    conn:send(10 * 1448)
    conn:close()
  end)
  return wire
end

local by_place = transfer("list", { loss = { kind = "list", first, first + 2 } })
local by_kind  = transfer("rule")
by_kind.forward:drop(("DATA#%d,%d"):format(first - 2, first))

expect("both are complete at the same time", function ()
  return math.abs(value "list" - value "rule") < 1e-9
end)
expect("each lost at least the first", function ()
  return by_place.forward.dropped_loss >= 1 and by_kind.forward.dropped_rule >= 1
end)
figure("ladder", { conn = "list:49152-list-receiver:80" })
