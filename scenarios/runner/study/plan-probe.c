/* plan-probe: asks the scenario about every value before anything is run.
 *
 * The file is read once for each value of each parameter, the others at their first values, so that
 * its own param() says what is unknown, of the wrong kind or outside min and max, in its own words.
 * Each value is replaced by the text that the scenario prints for it: "0.05" and "50ms" become "50
 * ms", one run and not two. A value may name a file, whose bytes count, too. A value that is
 * accepted and then makes the file fail is a run that fails, to be recorded with its message: only
 * a file that fails at every value ends the study. */
#include <string.h>

#include "scenarios/runner/bind/scenario.h"
#include "scenarios/runner/run-dir.h"
#include "scenarios/runner/study/plan.h"
#include "sim/error.h"
#include "sim/file.h"

typedef struct Probe {
  Plan *plan;
  const PlanLimits *limits;
  GError *error; /* of the first file that failed after its parameters; NULL: none */
  bool known;    /* the parameters were taken from a file that did not fail */
} Probe;

/* "NAME=VALUE" of all axes at their first values, but `axis` at `value`. g_strfreev. */
static char **
settings_at(const Plan *plan, guint axis, guint value)
{
  char **params = g_new0(char *, plan->axes->len + 1);
  for (guint i = 0; i < plan->axes->len; i++) {
    const Axis *one = plan->axes->pdata[i];
    params[i] =
        g_strconcat(one->name, "=", (const char *)one->values->pdata[i == axis ? value : 0], NULL);
  }
  return params;
}

static const char *
find_text(const Scenario *scenario, const char *name)
{
  for (guint i = 0; i < scenario->params->len; i++) {
    const ScenarioParam *param = scenario->params->pdata[i];
    if (strcmp(param->name, name) == 0)
      return param->text;
  }
  return NULL;
}

static int
axis_of(const Plan *plan, const char *name)
{
  for (guint i = 0; i < plan->axes->len; i++)
    if (strcmp(((const Axis *)plan->axes->pdata[i])->name, name) == 0)
      return (int)i;
  return -1;
}

static void
take_params(Probe *probe, const Scenario *scenario)
{
  Plan *plan = probe->plan;
  probe->known = true;
  for (guint i = 0; i < scenario->params->len; i++) {
    const ScenarioParam *from = scenario->params->pdata[i];
    PlanParam *param = g_new0(PlanParam, 1);
    *param = (PlanParam){.name = g_strdup(from->name),
                         .text = g_strdup(from->text),
                         .axis = axis_of(plan, from->name)};
    g_ptr_array_add(plan->params, param);
  }
  plan->sha256 = g_strdup(g_checksum_get_string(scenario->inputs));
}

/* The value is from now on the text that the scenario prints for it. A number without a unit takes
 * any, so that what its values have in common is for us to see: "1 ms" beside "1 B" is a slip.
 */
static bool
take_text(Axis *axis, guint value, const char *text, GError **error)
{
  SimQuantity printed, given;
  char **place = (char **)&axis->values->pdata[value];
  if (sim_quantity_parse(text, &printed, NULL) && printed.kind == SIM_QUANTITY_NUMBER &&
      sim_quantity_parse(*place, &given, NULL) && given.kind != SIM_QUANTITY_NUMBER) {
    if (axis->kind != SIM_QUANTITY_NUMBER && axis->kind != given.kind) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "%s: its values have units of different kinds: a %s and a %s (%s)", axis->name,
                  sim_quantity_kind_name(axis->kind), sim_quantity_kind_name(given.kind), *place);
      return false;
    }
    axis->kind = given.kind;
  }
  g_free(*place);
  *place = g_strdup(text);
  return true;
}

/* What was read at the axis' next value; of a file that failed, nothing that counts. */
static void
note_reads(Axis *axis, const Scenario *scenario)
{
  if (axis->reads == NULL)
    axis->reads = g_ptr_array_new_with_free_func(g_free);
  bool whole = scenario->error == NULL;
  g_ptr_array_add(axis->reads, whole ? g_strdup(g_checksum_get_string(scenario->inputs)) : NULL);
}

/* Forgets it where it is the same at every value, which is nearly always so. */
static void
settle_reads(const Plan *plan, Axis *axis)
{
  bool same = true;
  for (guint i = 0; i < axis->reads->len; i++) {
    char **read = (char **)&axis->reads->pdata[i];
    if (*read == NULL)
      *read = g_strdup(plan->sha256);
    same = same && strcmp(*read, plan->sha256) == 0;
  }
  if (same)
    g_clear_pointer(&axis->reads, g_ptr_array_unref);
}

/* A value that a study{} has, and not the command line, is refused with the place of both. */
static void
blame_study(const Axis *axis, GError **error)
{
  bool said = axis->where == NULL || strstr((*error)->message, axis->where) != NULL;
  if (!said && strstr((*error)->message, axis->name) != NULL)
    g_prefix_error(error, "%s: ", axis->where);
}

/* Reads the file with a value of an axis (no axis: as it stands) and takes over what it prints. */
static bool
probe_value(Probe *probe, guint axis, guint value, GError **error)
{
  Plan *plan = probe->plan;
  g_auto(GStrv) params = settings_at(plan, axis, value);
  ScenarioSettings settings = {.path = plan->scenario,
                               .text = plan->text,
                               .length = plan->length,
                               .params = (const char *const *)params,
                               .seed = plan->seed,
                               .quiet = true,
                               .memory_limit = probe->limits->memory,
                               .steps_limit = probe->limits->steps,
                               .wall_limit = probe->limits->wall,
                               .until = SIM_TIME_NEVER};
  g_autoptr(Scenario) scenario = scenario_read(&settings);
  for (guint i = 0; i < plan->axes->len; i++) {
    const char *text = find_text(scenario, ((const Axis *)plan->axes->pdata[i])->name);
    if (text == NULL && scenario->error != NULL) {
      g_propagate_error(error, g_steal_pointer(&scenario->error));
      blame_study(plan->axes->pdata[i], error);
      return false;
    }
    g_assert(text != NULL);
    if (i == axis && !take_text(plan->axes->pdata[i], value, text, error))
      return false;
  }
  if (scenario->error == NULL && !probe->known)
    take_params(probe, scenario);
  if (axis < plan->axes->len)
    note_reads(plan->axes->pdata[axis], scenario);
  if (scenario->error != NULL && probe->error == NULL)
    probe->error = g_steal_pointer(&scenario->error);
  return true;
}

static bool
check_twice(const Axis *axis, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < axis->values->len; i++)
    if (!g_hash_table_add(seen, axis->values->pdata[i])) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: the value \"%s\" is there twice",
                  axis->name, (const char *)axis->values->pdata[i]);
      return false;
    }
  return true;
}

static bool
probe_all(Probe *probe, GError **error)
{
  const GPtrArray *axes = probe->plan->axes;
  if (axes->len == 0)
    return probe_value(probe, 0, 0, error);
  for (guint i = 0; i < axes->len; i++) {
    const Axis *axis = axes->pdata[i];
    for (guint k = 0; k < axis->values->len; k++)
      if (!probe_value(probe, i, k, error))
        return false;
    if (!probe->plan->zip && !check_twice(axis, error))
      return false;
  }
  return true;
}

bool
plan_probe(Plan *plan, const PlanLimits *limits, GError **error)
{
  Probe probe = {.plan = plan, .limits = limits};
  plan->text = sim_file_read(plan->scenario, SCENARIO_WANTED, &plan->length, error);
  if (plan->text == NULL)
    return false;
  plan->name = run_dir_scenario(plan->scenario);
  plan->version = g_strdup(ROUNDTRIP_VERSION);
  bool good = probe_all(&probe, error);
  if (good && !probe.known) {
    g_propagate_error(error, g_steal_pointer(&probe.error));
    good = false;
  }
  for (guint i = 0; good && i < plan->axes->len; i++)
    settle_reads(plan, plan->axes->pdata[i]);
  g_clear_error(&probe.error);
  return good;
}
