/* fuzz-drill-parse: the parser of packetdrill scripts reads whatever libFuzzer makes up. It must
 * end, and free what it took; a problem must have words and a place. Built by tests/fuzz/run. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "scenarios/runner/drill/drill-parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  DrillProblem problem = {0};
  DrillDefine define = {"NAME", "1, 0x2"};
  g_autoptr(GArray) defines = g_array_new(FALSE, FALSE, sizeof define);
  g_array_append_val(defines, define);
  g_autoptr(DrillScript) script = drill_parse("fuzz.pkt", text, defines, &problem);
  bool said = problem.kind != DRILL_NO_PROBLEM && problem.text != NULL && problem.place.line > 0;
  if ((script == NULL) != said)
    abort();
  if (script == NULL && !g_utf8_validate(problem.text, -1, NULL))
    abort();
  drill_problem_clear(&problem);
  return 0;
}
