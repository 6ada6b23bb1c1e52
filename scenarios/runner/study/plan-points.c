/* plan-points: what a point is: its values, its key, its neighbour, its shard. */
#include <string.h>

#include "scenarios/runner/study/json-text.h"
#include "scenarios/runner/study/plan.h"

guint
plan_value_index(const Plan *plan, uint64_t point, guint axis)
{
  if (plan->zip)
    return (guint)point;
  for (guint i = plan->axes->len - 1; i > axis; i--)
    point /= ((const Axis *)plan->axes->pdata[i])->values->len;
  return (guint)(point % ((const Axis *)plan->axes->pdata[axis])->values->len);
}

const char *
plan_value(const Plan *plan, uint64_t point, guint axis)
{
  return ((const Axis *)plan->axes->pdata[axis])
      ->values->pdata[plan_value_index(plan, point, axis)];
}

const char *
plan_param(const Plan *plan, uint64_t point, guint param)
{
  const PlanParam *one = plan->params->pdata[param];
  return one->axis < 0 ? one->text : plan_value(plan, point, (guint)one->axis);
}

void
plan_key(const Plan *plan, uint64_t point, GString *key)
{
  g_string_assign(key, "{");
  for (guint i = 0; i < plan->params->len; i++) {
    g_string_append(key, i > 0 ? "," : "");
    json_text_append_string(key, ((const PlanParam *)plan->params->pdata[i])->name);
    g_string_append_c(key, ':');
    json_text_append_string(key, plan_param(plan, point, i));
  }
  g_string_append_c(key, '}');
}

/* A parameter may name a file that the scenario reads. The first values of all axes have the plan's
 * own text; where one value reads something else, that is the point's; where several do, all of
 * that together. */
void
plan_sha256(const Plan *plan, uint64_t point, GString *sha256)
{
  guint others = 0;
  g_string_assign(sha256, plan->sha256);
  for (guint i = 0; i < plan->axes->len; i++) {
    const Axis *axis = plan->axes->pdata[i];
    const char *read =
        axis->reads != NULL ? axis->reads->pdata[plan_value_index(plan, point, i)] : plan->sha256;
    if (strcmp(read, plan->sha256) == 0)
      continue;
    g_autofree char *both = g_strconcat(sha256->str, read, NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);
    g_string_assign(sha256, others++ == 0 ? read : hash);
  }
}

char *
plan_label(const Plan *plan, uint64_t point)
{
  GString *label = g_string_new(NULL);
  for (guint i = 0; i < plan->axes->len; i++) {
    const Axis *axis = plan->axes->pdata[i];
    if (axis->values->len > 1)
      g_string_append_printf(label, "%s%s = %s", label->len > 0 ? ", " : "", axis->name,
                             plan_value(plan, point, i));
  }
  return g_string_free(label, FALSE);
}

uint64_t
plan_vs_point(const Plan *plan, uint64_t point)
{
  guint axis = (guint)plan->vs_axis;
  uint64_t stride = 1;
  for (guint i = axis + 1; i < plan->axes->len; i++)
    stride *= ((const Axis *)plan->axes->pdata[i])->values->len;
  if (plan->zip)
    stride = 1;
  return point + plan->vs_value * stride - plan_value_index(plan, point, axis) * stride;
}

bool
plan_is_ours(const Plan *plan, uint64_t point, uint64_t seed)
{
  uint64_t number = plan->until != NULL ? point : point * plan->seeds + (seed - plan->seed);
  return number % plan->shards == plan->shard - 1;
}

uint64_t
plan_runs(const Plan *plan)
{
  uint64_t parts = plan->until != NULL ? plan->points : plan->points * plan->seeds;
  uint64_t ours = parts / plan->shards + (parts % plan->shards >= plan->shard);
  return plan->until != NULL ? ours * plan->seeds : ours;
}
