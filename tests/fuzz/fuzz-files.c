/* fuzz-files: what a scenario reads beside itself: traces of rates, losses and delays,
 * distributions, maps in GraphML. The first byte of the input says which; the rest is the file. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/runner/bind/scenario.h"
#include "tests/fuzz/fuzz-folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TWO "local a, b = host \"a\", host \"b\" "

static const char *const readers[] = {
    TWO "link(a, b, { rate = { trace = \"input\" } })",
    TWO "link(a, b, { loss = { kind = \"trace\", file = \"input\" } })",
    TWO "link(a, b, { jitter = { kind = \"trace\", file = \"input\" } })",
    TWO "link(a, b) poisson{ from = a, to = b, rate = 1, count = 2, size = { kind = \"empirical\", "
        "file = \"input\" } }",
    "graphml(\"input\", { hosts = true })",
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  const char *text = readers[*data % G_N_ELEMENTS(readers)];
  const char *folder = fuzz_folder();
  fuzz_write(folder, "input", data + 1, size - 1);
  g_autofree char *path = g_build_filename(folder, "fuzz.lua", NULL);
  ScenarioSettings settings = {.path = path,
                               .text = text,
                               .length = strlen(text),
                               .seed = 1,
                               .quiet = true,
                               .memory_limit = UINT64_C(64) << 20,
                               .wall_limit = 5,
                               .until = SIM_SECOND};
  g_autoptr(GError) error = NULL;
  Scenario *scenario = scenario_new(&settings, &error);
  if (scenario == NULL)
    return 0;
  scenario_run(scenario, &error);
  scenario_free(scenario);
  return 0;
}
