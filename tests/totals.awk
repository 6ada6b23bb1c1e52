# Counts tests from meson's testlog.json (an object a line, a test program each) and prints
# "PASSED FAILED SKIPPED".
#
# A program that prints TAP counts with each of its test points, any other as one test. One that
# did not end well (a crash, a time-out, too few points for its plan) without a failed point of its
# own counts as one failure more, so that nothing broken is lost in the sum.

# The text of a program's output, still with JSON's escapes. The quotes in the text are escaped, so
# that the bare ones around a field's name cannot be part of it.
function field_text(line, name, start, rest) {
  start = index(line, "\"" name "\": \"")
  if (!start)
    return ""
  rest = substr(line, start + length(name) + 5)
  if (!match(rest, /^([^"\\]|\\.)*/))
    return ""
  return substr(rest, 1, RLENGTH)
}

function count_points(text, lines, n, i) {
  points = bad = skips = 0
  n = split(text, lines, /\\n/)
  for (i = 1; i <= n; i++) {
    if (lines[i] !~ /^(not )?ok([ \t]|$)/)
      continue
    points++
    if (toupper(lines[i]) ~ /# *SKIP/)
      skips++
    else if (lines[i] ~ /^not ok/ && toupper(lines[i]) !~ /# *TODO/)
      bad++
  }
}

{
  result = field_text($0, "result")
  count_points(field_text($0, "stdout"))
  well = result == "OK" || result == "EXPECTEDFAIL"
  if (points) {
    passed += points - bad - skips
    failed += bad
    skipped += skips
    if (!well && result != "SKIP" && !bad)
      failed++
  } else if (well)
    passed++
  else if (result == "SKIP")
    skipped++
  else
    failed++
}

END {
  print passed + 0, failed + 0, skipped + 0
}
