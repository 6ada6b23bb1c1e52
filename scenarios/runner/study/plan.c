/* plan: makes sense of a request, and counts points. */
#include "scenarios/runner/study/plan.h"

#include <string.h>

#include "sim/error.h"
#include "sim/rng.h"

static void
free_param(gpointer data)
{
  PlanParam *param = data;
  g_free(param->name);
  g_free(param->text);
  g_free(param);
}

static void
free_axis(gpointer data)
{
  axis_free(data);
}

Plan *
plan_empty(void)
{
  Plan *plan = g_new0(Plan, 1);
  plan->params = g_ptr_array_new_with_free_func(free_param);
  plan->axes = g_ptr_array_new_with_free_func(free_axis);
  plan->vs_axis = -1;
  plan->shard = plan->shards = 1;
  return plan;
}

void
plan_free(Plan *plan)
{
  g_free(plan->scenario);
  g_free(plan->name);
  g_free(plan->text);
  g_free(plan->sha256);
  g_free(plan->version);
  g_ptr_array_unref(plan->params);
  g_ptr_array_unref(plan->axes);
  g_clear_pointer(&plan->until, until_free);
  g_clear_pointer(&plan->figures, g_ptr_array_unref);
  g_free(plan->until_text);
  g_free(plan->vs);
  g_free(plan);
}

/* -- reading the request -- */

static bool
read_count(const char *what, const char *text, uint64_t least, uint64_t *count, GError **error)
{
  guint64 value = 0;
  if (g_ascii_string_to_unsigned(text, 10, least, G_MAXINT64, &value, NULL)) {
    *count = value;
    return true;
  }
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "%s \"%s\": a whole number from %" G_GUINT64_FORMAT " on is wanted", what, text,
              least);
  return false;
}

/* "20", which is 1 to 20, or "21..40". */
static bool
read_seeds(Plan *plan, const char *text, GError **error)
{
  const char *dots = strstr(text, "..");
  uint64_t last;
  plan->seed = 1;
  if (dots == NULL)
    return read_count("--seeds", text, 1, &plan->seeds, error);
  g_autofree char *first = g_strndup(text, (gsize)(dots - text));
  if (!read_count("--seeds", first, 0, &plan->seed, error) ||
      !read_count("--seeds", dots + 2, plan->seed, &last, error))
    return false;
  plan->seeds = last - plan->seed + 1;
  return true;
}

static bool
read_rule(Plan *plan, const StudyRequest *request, GError **error)
{
  plan->max_seeds = UNTIL_MAX_SEEDS;
  if (request->until == NULL && request->max_seeds == NULL)
    return true;
  if (request->until == NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "--max-seeds is for --until, which is not given");
    return false;
  }
  plan->until = until_parse(request->until, error);
  if (plan->until == NULL) {
    g_prefix_error(error, "--until: ");
    return false;
  }
  plan->until_text = g_strdup(request->until);
  if (request->seeds == NULL)
    plan->seeds = UNTIL_SEEDS;
  if (request->max_seeds != NULL &&
      !read_count("--max-seeds", request->max_seeds, plan->seeds, &plan->max_seeds, error))
    return false;
  plan->max_seeds = MAX(plan->max_seeds, plan->seeds);
  return true;
}

/* "lhs:200"; 0: no sample. */
static bool
read_sample(const char *text, guint64 *count, GError **error)
{
  *count = 0;
  if (text == NULL)
    return true;
  if (g_str_has_prefix(text, "lhs:") &&
      g_ascii_string_to_unsigned(text + 4, 10, 2, PLAN_POINTS_MAX, count, NULL))
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              "--sample \"%s\": accepted: lhs:N, a Latin hypercube of N points (at least 2)", text);
  return false;
}

static bool
read_axes(Plan *plan, const StudyRequest *request, bool sampled, GError **error)
{
  for (guint i = 0; i < request->axes->len; i++) {
    const RequestAxis *asked = request->axes->pdata[i];
    Axis *axis = axis_parse(asked->text, sampled, error);
    if (axis == NULL) {
      if (asked->where != NULL)
        g_prefix_error(error, "%s: ", asked->where);
      return false;
    }
    axis->where = g_strdup(asked->where);
    for (guint k = 0; k < plan->axes->len; k++)
      if (strcmp(((const Axis *)plan->axes->pdata[k])->name, axis->name) == 0) {
        g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s: the parameter is given twice",
                    axis->name);
        axis_free(axis);
        return false;
      }
    g_ptr_array_add(plan->axes, axis);
  }
  return true;
}

static bool
read_shard(Plan *plan, const char *text, GError **error)
{
  if (text == NULL)
    return true;
  const char *slash = strchr(text, '/');
  g_autofree char *first = g_strndup(text, slash != NULL ? (gsize)(slash - text) : 0);
  guint64 shard = 0, shards = 0;
  if (slash == NULL || !g_ascii_string_to_unsigned(slash + 1, 10, 1, 1000000, &shards, NULL) ||
      !g_ascii_string_to_unsigned(first, 10, 1, shards, &shard, NULL)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "--shard \"%s\": K/N is wanted, the K-th of N parts, such as 3/16", text);
    return false;
  }
  plan->shard = (guint)shard;
  plan->shards = (guint)shards;
  return true;
}

/* -- points -- */

/* Fisher and Yates. */
static void
shuffle(guint *order, guint64 count, SimRng *rng)
{
  for (guint64 i = 0; i < count; i++)
    order[i] = (guint)i;
  for (guint64 i = count; i > 1; i--) {
    guint64 other = sim_rng_below(rng, i);
    guint kept = order[i - 1];
    order[i - 1] = order[other];
    order[other] = kept;
  }
}

void
plan_sample(Plan *plan, guint64 count)
{
  g_autofree guint *order = g_new(guint, count);
  for (guint i = 0; i < plan->axes->len; i++) {
    Axis *axis = plan->axes->pdata[i];
    SimRng rng;
    g_autofree char *stream = g_strconcat("sample ", axis->name, NULL);
    sim_rng_init(&rng, 1, stream); /* the same points each time */
    shuffle(order, count, &rng);
    g_autoptr(GPtrArray) given = g_steal_pointer(&axis->values);
    axis->values = g_ptr_array_new_with_free_func(g_free);
    for (guint64 k = 0; k < count; k++) {
      double part = ((double)order[k] + sim_rng_uniform(&rng)) / (double)count;
      g_ptr_array_add(axis->values, axis->drawn
                                        ? axis_draw(axis, part)
                                        : g_strdup(given->pdata[(guint)(part * given->len)]));
    }
  }
  plan->zip = true;
}

static bool
count_points(Plan *plan, GError **error)
{
  plan->points = 1;
  for (guint i = 0; i < plan->axes->len; i++) {
    const Axis *axis = plan->axes->pdata[i];
    const Axis *first = plan->axes->pdata[0];
    if (plan->zip && axis->values->len != first->values->len) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                  "--zip takes values together, so every parameter needs as many: %s has %u, %s "
                  "has %u",
                  first->name, first->values->len, axis->name, axis->values->len);
      return false;
    }
    if (!plan->zip)
      plan->points *= axis->values->len;
    if (plan->points > PLAN_POINTS_MAX)
      break;
  }
  if (plan->zip && plan->axes->len > 0)
    plan->points = ((const Axis *)plan->axes->pdata[0])->values->len;
  if (plan->points <= PLAN_POINTS_MAX)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "the study has more than %d points",
              PLAN_POINTS_MAX);
  return false;
}

/* "50ms" and "50 ms" are the same, "5 %" and 0.05, and two equal texts. */
static bool
same_value(const char *a, const char *b)
{
  SimQuantity x, y;
  if (strcmp(a, b) == 0)
    return true;
  if (!sim_quantity_parse(a, &x, NULL) || !sim_quantity_parse(b, &y, NULL))
    return false;
  bool plain = x.kind == SIM_QUANTITY_NUMBER || y.kind == SIM_QUANTITY_NUMBER;
  return (plain || x.kind == y.kind) && x.value == y.value;
}

/* With its name and, now that the scenario has printed the values, its value. */
static bool
find_vs(Plan *plan, const char *vs, GError **error)
{
  if (vs == NULL)
    return true;
  if (plan->zip) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "--vs compares points that differ in one parameter: --zip and --sample have none");
    return false;
  }
  g_autofree char *name = g_strndup(vs, strcspn(vs, "="));
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < plan->axes->len; i++) {
    const Axis *axis = plan->axes->pdata[i];
    g_ptr_array_add(names, axis->name);
    if (strcmp(axis->name, name) == 0)
      plan->vs_axis = (int)i;
  }
  g_ptr_array_add(names, NULL);
  const char *value = vs + strlen(name) + (vs[strlen(name)] == '=');
  plan->vs = g_strdup(vs);
  if (plan->vs_axis < 0) {
    sim_error_unknown(error, "parameter of the study", name, (const char *const *)names->pdata);
    g_prefix_error(error, "--vs %s: ", vs);
    return false;
  }
  const GPtrArray *values = ((const Axis *)plan->axes->pdata[plan->vs_axis])->values;
  for (guint i = 0; i < values->len; i++)
    if (same_value(values->pdata[i], value)) {
      plan->vs_value = i;
      return true;
    }
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (guint i = 0; i < values->len; i++)
    g_ptr_array_add(known, values->pdata[i]);
  g_ptr_array_add(known, NULL);
  sim_error_unknown(error, "value", value, (const char *const *)known->pdata);
  g_prefix_error(error, "--vs %s: ", vs);
  return false;
}

/* A sample draws from ranges: without one, each of its points would be the same. */
static bool
check_sample(const Plan *plan, const StudyRequest *request, GError **error)
{
  bool drawn = false;
  for (guint i = 0; i < plan->axes->len; i++)
    drawn = drawn || ((const Axis *)plan->axes->pdata[i])->drawn;
  if (drawn && !request->zip)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
              drawn ? "--sample and --zip are two ways to take values together: give one of them"
                    : "--sample %s needs a range to draw from, such as delay=10ms..200ms",
              request->sample);
  return false;
}

static bool
fill(Plan *plan, const StudyRequest *request, const char *shard, const PlanLimits *limits,
     GError **error)
{
  guint64 sample;
  if (!read_seeds(plan, request->seeds != NULL ? request->seeds : "1", error) ||
      !read_rule(plan, request, error) || !read_sample(request->sample, &sample, error) ||
      !read_axes(plan, request, sample > 0, error) || !read_shard(plan, shard, error))
    return false;
  plan->zip = request->zip;
  if (sample > 0 && !check_sample(plan, request, error))
    return false;
  if (sample > 0)
    plan_sample(plan, sample);
  if (!count_points(plan, error))
    return false;
  if (plan->seeds > PLAN_RUNS_MAX / plan->points) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "the study has more than %" G_GUINT64_FORMAT " runs: %" G_GUINT64_FORMAT
                " points with %" G_GUINT64_FORMAT " seeds each",
                PLAN_RUNS_MAX, plan->points, plan->seeds);
    return false;
  }
  return plan_probe(plan, limits, error) && find_vs(plan, request->vs, error);
}

Plan *
plan_new(const StudyRequest *request, const char *scenario, const char *shard,
         const PlanLimits *limits, GError **error)
{
  Plan *plan = plan_empty();
  plan->scenario = g_strdup(scenario);
  plan->figures = g_ptr_array_ref(request->figures);
  if (fill(plan, request, shard, limits, error))
    return plan;
  plan_free(plan);
  return NULL;
}
