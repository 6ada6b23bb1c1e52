-- A packet that belongs to no connection: a spoofed SYN is answered to whoever it names.
local attacker, server, victim = host "attacker", host "server", host "victim"
local core = router "core"
for _, node in ipairs { attacker, server, victim } do
  link(node, core, { delay = "5 ms" })
end
local listener = server:listen(80)
at("1 s", function ()
  attacker:inject { flags = "SYN", src = victim, dst = server, sport = 1000, dport = 80, seq = 1 }
  sleep(0.012)
  result("half_open", listener.half_open)
  sleep(1)
  result("later", listener.half_open)
end)
expect("the SYN made a half-open connection, the victim's reset ended it", function ()
  return value "half_open" == 1 and value "later" == 0
end)
