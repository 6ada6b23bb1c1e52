/* app-dist: drawing by inversion, from the functions of sim/math.h, the same everywhere. */
#include "models/app/app-dist.h"

#include "sim/error.h"
#include "sim/math.h"

const char *const app_dist_names[] = {"constant",   "uniform",   "exponential", "pareto",
                                      "log-normal", "empirical", NULL};

const SimNumbersForm app_dist_form = {.columns = 2};

static bool
check_table(const SimNumbers *table, GError **error)
{
  if (table->count == 0) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "file is missing: a value and its cumulative probability a line");
    return false;
  }
  for (uint32_t i = 0; i < table->count; i += 2) {
    if (i > 0 && table->values[i] < table->values[i - 2])
      return sim_numbers_refuse(table, i, "the values of a table rise", error);
    if (table->values[i + 1] > 1)
      return sim_numbers_refuse(table, i + 1, "a probability is at most 1", error);
    if (i > 0 && table->values[i + 1] < table->values[i - 1])
      return sim_numbers_refuse(table, i + 1, "cumulative probabilities rise", error);
  }
  if (table->values[table->count - 1] == 1)
    return true;
  return sim_numbers_refuse(table, table->count - 1, "the last probability is 1", error);
}

bool
app_dist_check(const AppDist *dist, GError **error)
{
  if (dist->kind == APP_EMPIRICAL)
    return check_table(&dist->table, error);
  const char *wrong = NULL;
  if (dist->kind == APP_UNIFORM && dist->low > dist->high)
    wrong = "low must be at most high";
  else if (dist->kind == APP_PARETO && !(dist->shape > 1))
    wrong = "shape must be above 1";
  if (wrong == NULL)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s", wrong);
  return false;
}

static double
draw_table(const SimNumbers *table, double u)
{
  const double *at = table->values, *end = at + table->count;
  while (at + 2 < end && at[1] < u)
    at += 2;
  if (at == table->values || at[1] == at[-1])
    return at[0];
  return at[-2] + (at[0] - at[-2]) * (u - at[-1]) / (at[1] - at[-1]);
}

double
app_dist_draw(const AppDist *dist, SimRng *rng)
{
  switch (dist->kind) {
  case APP_CONSTANT:
    return dist->mean;
  case APP_UNIFORM:
    return dist->low + (dist->high - dist->low) * sim_rng_uniform(rng);
  case APP_EXPONENTIAL:
    return sim_rng_exponential(rng, dist->mean);
  case APP_PARETO:
    return sim_rng_pareto(rng, dist->mean, dist->shape);
  case APP_LOG_NORMAL:
    if (dist->mean == 0)
      return 0;
    return sim_exp(
        sim_rng_normal(rng, sim_log(dist->mean) - dist->sigma * dist->sigma / 2, dist->sigma));
  case APP_EMPIRICAL:
    return draw_table(&dist->table, sim_rng_uniform(rng));
  }
  g_assert_not_reached();
}

double
app_dist_mean(const AppDist *dist)
{
  if (dist->kind == APP_UNIFORM)
    return (dist->low + dist->high) / 2;
  if (dist->kind != APP_EMPIRICAL)
    return dist->mean;
  const double *at = dist->table.values;
  double mean = at[0] * at[1];
  for (uint32_t i = 2; i < dist->table.count; i += 2)
    mean += (at[i] + at[i - 2]) / 2 * (at[i + 1] - at[i - 1]);
  return mean;
}

void
app_dist_clear(AppDist *dist)
{
  sim_numbers_clear(&dist->table);
}
