/* fuzz-scenario: a text that libFuzzer makes up is read, run and checked as a scenario, within
 * small limits. Calls that never return are not for a target without a process that watches it:
 * texts that name one of them are left alone (tests/errors/sandbox-*.lua has those). */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/net/net-account.h"
#include "scenarios/runner/bind/scenario.h"

#define MEMORY (UINT64_C(64) << 20)
#define STEPS 20000
#define SECONDS 2.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
may_never_return(const char *text)
{
  static const char *const calls[] = {"find",   "match",  "gsub",   "rep",    "move",
                                      "insert", "remove", "concat", "unpack", "sort"};
  for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
    if (strstr(text, calls[i]) != NULL)
      return true;
  return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  if (may_never_return(text))
    return 0;
  ScenarioSettings settings = {.path = "fuzz.lua",
                               .text = text,
                               .length = strlen(text),
                               .seed = 1,
                               .quiet = true,
                               .memory_limit = MEMORY,
                               .steps_limit = STEPS,
                               .wall_limit = SECONDS,
                               .until = 100 * SIM_SECOND};
  g_autoptr(GError) error = NULL;
  Scenario *scenario = scenario_new(&settings, &error);
  if ((scenario == NULL) != (error != NULL))
    abort();
  if (scenario == NULL)
    return 0;
  if (scenario_run(scenario, &error)) {
    scenario_check(scenario);
    if (!net_account(scenario->net, &error)) {
      fprintf(stderr, "%s\n", error->message);
      abort();
    }
  }
  scenario_free(scenario);
  return 0;
}
