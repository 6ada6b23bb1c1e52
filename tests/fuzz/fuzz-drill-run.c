/* fuzz-drill-run: scripts that libFuzzer makes up are run whole, under either profile. Built by
 * tests/fuzz/run. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "scenarios/runner/drill/drill.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  DrillJob job = {.path = "fuzz.pkt", .profile = size % 2 == 0 ? "linux" : "rfc9293"};
  DrillResult result;
  drill_run_text(&job, text, &result);
  if ((result.outcome == DRILL_PASSED) != (result.message == NULL))
    abort();
  drill_result_clear(&result);
  return 0;
}
