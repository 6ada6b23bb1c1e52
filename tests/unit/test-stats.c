/* Summaries against the plain calculation over all values. */
#include "sim/stats.h"

#include <float.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "sim/rng.h"

#define VALUES 20000

static void
moments_of_none_and_one(void)
{
  SimMoments moments = {0};
  g_assert_cmpfloat(sim_moments_variance(&moments), ==, 0);
  sim_moments_add(&moments, -7);
  g_assert_cmpfloat(moments.mean, ==, -7);
  g_assert_cmpfloat(moments.min, ==, -7);
  g_assert_cmpfloat(moments.max, ==, -7);
  g_assert_cmpfloat(sim_moments_variance(&moments), ==, 0);
}

/* A large offset ruins the sum of squares; Welford's way does not mind. */
static void
moments_survive_an_offset(void)
{
  SimMoments moments = {0};
  static const double values[] = {4, 7, 13, 16};
  for (int i = 0; i < 4; i++)
    sim_moments_add(&moments, 1e9 + values[i]);
  g_assert_cmpuint(moments.n, ==, 4);
  g_assert_cmpfloat(moments.mean, ==, 1e9 + 10);
  g_assert_cmpfloat(sim_moments_variance(&moments), ==, 30);
  g_assert_cmpfloat(moments.min, ==, 1e9 + 4);
  g_assert_cmpfloat(moments.max, ==, 1e9 + 16);
}

static void
time_mean_weighs_by_duration(void)
{
  SimTimeMean mean;
  sim_time_mean_init(&mean, 10 * SIM_SECOND, 4);
  g_assert_cmpfloat(sim_time_mean_value(&mean, 10 * SIM_SECOND), ==, 4);
  sim_time_mean_set(&mean, 11 * SIM_SECOND, 10);
  sim_time_mean_set(&mean, 12 * SIM_SECOND, 100);
  sim_time_mean_set(&mean, 12 * SIM_SECOND, 0); /* 100 lasted no time */
  g_assert_cmpfloat(sim_time_mean_value(&mean, 12 * SIM_SECOND), ==, 7);
  g_assert_cmpfloat(sim_time_mean_value(&mean, 14 * SIM_SECOND), ==, 3.5);
  g_assert_cmpfloat(mean.max, ==, 100);
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
assert_quantiles(double *values, size_t n)
{
  SimQuantiles *quantiles = sim_quantiles_new();
  for (size_t i = 0; i < n; i++)
    sim_quantiles_add(quantiles, values[i]);
  g_assert_cmpuint(sim_quantiles_count(quantiles), ==, n);
  qsort(values, n, sizeof *values, compare);
  for (int i = 0; i <= 1000; i++) {
    double q = i / 1000.0;
    size_t rank = (size_t)ceil(q * (double)n);
    double exact = values[rank == 0 ? 0 : rank - 1];
    double read = sim_quantiles_value(quantiles, q);
    g_assert_cmpfloat(fabs(read - exact), <=, exact * 0.01);
  }
  g_assert_cmpfloat(sim_quantiles_value(quantiles, 0), ==, values[0]);
  g_assert_cmpfloat(sim_quantiles_value(quantiles, 1), ==, values[n - 1]);
  sim_quantiles_free(quantiles);
}

static void
quantiles_are_good_to_one_percent(void)
{
  g_autofree double *values = g_new(double, VALUES);
  SimRng rng;
  sim_rng_init(&rng, 1, "quantiles");
  for (int i = 0; i < VALUES; i++)
    values[i] = sim_rng_exponential(&rng, 0.05);
  assert_quantiles(values, VALUES);
  for (int i = 0; i < VALUES; i++)
    values[i] = sim_rng_pareto(&rng, 1e6, 1.1);
  assert_quantiles(values, VALUES);
  for (int i = 0; i < VALUES; i++) /* zeros among far-off values, in no order */
    values[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 1e-200 * (1 + i) : 1e200 * (1 + i);
  assert_quantiles(values, VALUES);
}

static void
quantiles_of_few_values(void)
{
  SimQuantiles *quantiles = sim_quantiles_new();
  g_assert_cmpfloat(sim_quantiles_value(quantiles, 0.5), ==, 0);
  sim_quantiles_free(quantiles);
  assert_quantiles((double[]){3}, 1);
  assert_quantiles((double[]){0, 0, 0}, 3);
  assert_quantiles((double[]){DBL_MAX, DBL_MIN, 1}, 3);
  assert_quantiles((double[]){1, 2}, 2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stats/moments-of-none-and-one", moments_of_none_and_one);
  g_test_add_func("/stats/moments-survive-an-offset", moments_survive_an_offset);
  g_test_add_func("/stats/time-mean-weighs-by-duration", time_mean_weighs_by_duration);
  g_test_add_func("/stats/quantiles-are-good-to-one-percent", quantiles_are_good_to_one_percent);
  g_test_add_func("/stats/quantiles-of-few-values", quantiles_of_few_values);
  return g_test_run();
}
