/* Student's t against the tables of the textbooks. */
#include "sim/student.h"

#include <glib.h>
#include <math.h>

static void
factors_are_those_of_the_tables(void)
{
  static const struct {
    uint64_t freedom;
    double confidence, t;
  } rows[] = {
      {1, 0.95, 12.7062047361747},  {2, 0.95, 4.30265272974946},  {3, 0.95, 3.18244630528371},
      {4, 0.95, 2.77644510519779},  {9, 0.95, 2.26215716279820},  {10, 0.95, 2.22813885198627},
      {30, 0.95, 2.04227245630124}, {99, 0.95, 1.98421695158642}, {999, 0.95, 1.96234146113345},
      {5, 0.99, 4.03214298355522},  {5, 0.5, 0.726686843800441},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpfloat_with_epsilon(sim_student_t(rows[i].confidence, rows[i].freedom), rows[i].t,
                                   1e-10);
}

/* Where the sum ends and the expansion begins. */
static void
the_expansion_goes_on_where_the_sum_ends(void)
{
  double last = sim_student_t(0.95, 4000), next = sim_student_t(0.95, 4001);
  g_assert_cmpfloat(last, >, next);
  g_assert_cmpfloat(last - next, <, 2e-7);
  g_assert_cmpfloat_with_epsilon(sim_student_t(0.95, 1000000000), 1.95996398454005, 1e-8);
}

static void
within_is_its_inverse(void)
{
  for (uint64_t freedom = 1; freedom < 60; freedom++)
    for (double t = 0; t < 8; t += 0.37) {
      double part = sim_student_within(t, freedom);
      g_assert_true(part >= 0 && part < 1);
      if (t > 0)
        g_assert_cmpfloat_with_epsilon(sim_student_t(part, freedom), t, 1e-7 * (1 + t));
    }
}

static void
half_an_interval(void)
{
  SimMoments moments = {0};
  g_assert_true(isnan(sim_student_half(&moments)));
  sim_moments_add(&moments, 1);
  g_assert_true(isnan(sim_student_half(&moments)));
  sim_moments_add(&moments, 3);
  /* s = sqrt 2, n = 2 */
  g_assert_cmpfloat_with_epsilon(sim_student_half(&moments), 12.7062047361747, 1e-10);
}

/* R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1)) */
static void
quantiles_are_those_of_r(void)
{
  static const double values[] = {1, 2, 4, 8};
  static const struct {
    double q, value;
  } rows[] = {{0, 1}, {0.25, 1.75}, {0.5, 3}, {0.9, 6.8}, {1, 8}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpfloat_with_epsilon(sim_student_quantile(values, 4, rows[i].q), rows[i].value,
                                   1e-12);
  g_assert_cmpfloat(sim_student_quantile(values, 1, 0.7), ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/student/factors-are-those-of-the-tables", factors_are_those_of_the_tables);
  g_test_add_func("/student/the-expansion-goes-on-where-the-sum-ends",
                  the_expansion_goes_on_where_the_sum_ends);
  g_test_add_func("/student/within-is-its-inverse", within_is_its_inverse);
  g_test_add_func("/student/half-an-interval", half_an_interval);
  g_test_add_func("/student/quantiles-are-those-of-r", quantiles_are_those_of_r);
  return g_test_run();
}
