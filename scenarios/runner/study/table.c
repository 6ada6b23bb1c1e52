/* table: reads the database run by run, so that a study of any size takes a point's memory. */
#include "scenarios/runner/study/table.h"

#include <math.h>
#include <string.h>

#include "sim/student.h"

static guint
find_name(const GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (strcmp(names->pdata[i], name) == 0)
      return i;
  return names->len;
}

static bool
add_names(const Outcome *outcome, void *data)
{
  GPtrArray *names = data;
  for (guint i = 0; i < outcome->results->len; i++) {
    const char *name = g_array_index(outcome->results, OutcomeResult, i).name;
    if (find_name(names, name) == names->len)
      g_ptr_array_add(names, g_strdup(name));
  }
  return true;
}

GPtrArray *
table_names(const Study *study, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (uint64_t point = 0; point < study->plan->points; point++)
    if (!study_each_run(study, point, add_names, names, error))
      return NULL;
  return g_steal_pointer(&names);
}

void
table_point_init(TablePoint *point, const GPtrArray *names)
{
  *point = (TablePoint){.names = names,
                        .values = g_new0(GArray *, names->len + 1),
                        .seeds = g_array_new(FALSE, FALSE, sizeof(uint64_t))};
  for (guint i = 0; i < names->len; i++)
    point->values[i] = g_array_new(FALSE, FALSE, sizeof(double));
}

void
table_point_clear(TablePoint *point)
{
  for (guint i = 0; i < point->names->len; i++)
    g_array_unref(point->values[i]);
  g_free(point->values);
  g_array_unref(point->seeds);
}

static bool
add_values(const Outcome *outcome, void *data)
{
  TablePoint *point = data;
  if (outcome->status == OUTCOME_FAILED) {
    point->failed++;
    return true;
  }
  g_array_append_val(point->seeds, outcome->seed);
  for (guint i = 0; i < point->names->len; i++) {
    double none = NAN;
    g_array_append_val(point->values[i], none);
  }
  for (guint i = 0; i < outcome->results->len; i++) {
    const OutcomeResult *result = &g_array_index(outcome->results, OutcomeResult, i);
    guint name = find_name(point->names, result->name);
    if (name < point->names->len)
      g_array_index(point->values[name], double, point->seeds->len - 1) = result->value;
  }
  return true;
}

bool
table_point_read(TablePoint *point, const Study *study, uint64_t number, GError **error)
{
  for (guint i = 0; i < point->names->len; i++)
    g_array_set_size(point->values[i], 0);
  g_array_set_size(point->seeds, 0);
  point->failed = 0;
  return study_each_run(study, number, add_values, point, error);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void
table_stats(TableStats *stats, GArray *values)
{
  *stats = (TableStats){.deviation = NAN, .median = NAN, .p90 = NAN, .p99 = NAN};
  guint kept = 0;
  for (guint i = 0; i < values->len; i++) {
    double value = g_array_index(values, double, i);
    if (isnan(value))
      continue;
    sim_moments_add(&stats->moments, value);
    g_array_index(values, double, kept++) = value;
  }
  g_array_set_size(values, kept);
  g_array_sort(values, compare);
  stats->half = sim_student_half(&stats->moments);
  if (kept >= 2)
    stats->deviation = sqrt(sim_moments_variance(&stats->moments));
  if (kept == 0)
    return;
  const double *sorted = (const double *)(const void *)values->data;
  stats->median = sim_student_quantile(sorted, kept, 0.5);
  stats->p90 = sim_student_quantile(sorted, kept, 0.9);
  stats->p99 = sim_student_quantile(sorted, kept, 0.99);
}

GArray *
table_differences(const TablePoint *a, const TablePoint *b, guint result)
{
  GArray *differences = g_array_new(FALSE, FALSE, sizeof(double));
  guint k = 0;
  for (guint i = 0; i < a->seeds->len; i++) {
    uint64_t seed = g_array_index(a->seeds, uint64_t, i);
    while (k < b->seeds->len && g_array_index(b->seeds, uint64_t, k) < seed)
      k++;
    if (k == b->seeds->len || g_array_index(b->seeds, uint64_t, k) != seed)
      continue;
    double difference =
        g_array_index(a->values[result], double, i) - g_array_index(b->values[result], double, k);
    g_array_append_val(differences, difference); /* NaN where either has none */
  }
  return differences;
}
