local evil = {
  "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
  "\"; system(\"touch PWNED\"); \"",
  "`touch PWNED` $(touch PWNED) @{^x} {/Symbol a} %s %n ^2 _3 \\$",
  "\\write18{touch PWNED}\\input{/etc/passwd} $x$ & # ~",
  "=cmd|' /C calc'!A0",
  "+1+1", "-1+1", "@SUM(1)",
  "\27]0;pwned\7\27[31mred\27[0m\r over\8\8 \u{9b}31m \u{202e}abc",
  "a,b\"c\nd'e",
}
local a, b = host "a", host "b"
param("evil", 1, evil[1] .. evil[9])
if param("plain", 0, "harmless texts in their place") == 1 then
  for i in ipairs(evil) do evil[i] = "text " .. i end
end
link(a, b, { delay = "10 ms" })
b:listen(80, function (conn) conn:receive_all() conn:close() end)
a:start(function ()
  for i, text in ipairs(evil) do note(text) print(text) end
  local conn = assert(a:connect(b, 80))
  for i, text in ipairs(evil) do result(text, i) end
  conn:write(evil[1])
  conn:close()
end)
for i, text in ipairs(evil) do expect(text, function () return i > 5 end) end
figure("ladder", { title = evil[1] .. evil[2] .. evil[3] .. evil[9] })
figure("cwnd", { title = evil[2] .. evil[3] .. evil[4] })
figure("ladder", { title = evil[4] .. evil[3], format = "tex" })
