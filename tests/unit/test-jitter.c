/* Jitter: each distribution against its formula (Kolmogorov and Smirnov, and the mean), and what it
 * does to the packets of a link. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

#include "models/net/jitter.h"
#include "tests/unit/model-fixture.h"
#include "tests/unit/net-fixture.h"

#define DRAWS 20000

static void *
state_new(const JitterOps *ops)
{
  void *state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(state);
  return state;
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Draws from the model, frees it, and asserts that the greatest distance between the draws'
 * distribution and `cdf` is below the bound of 0.1 % (1.95 / sqrt n). */
static void
assert_distribution(const JitterOps *ops, void *state, double (*cdf)(double seconds))
{
  g_autofree double *draws = g_new(double, DRAWS);
  SimRng rng;
  sim_rng_init(&rng, 7, "link a>b delay");
  for (int i = 0; i < DRAWS; i++)
    draws[i] = sim_time_to_seconds(1000 * SIM_SECOND + ops->delay(state, &rng)) - 1000;
  qsort(draws, DRAWS, sizeof *draws, compare);
  double distance = 0;
  for (int i = 0; i < DRAWS; i++) {
    double expected = cdf(draws[i]);
    distance = fmax(distance, fabs((double)i / DRAWS - expected));
    distance = fmax(distance, fabs((double)(i + 1) / DRAWS - expected));
  }
  g_assert_cmpfloat(distance, <, 1.95 / sqrt(DRAWS));
  g_assert_cmpfloat(distance, >, 0);
  g_free(state);
}

static double
cdf_uniform(double x)
{
  return (x + 0.002) / 0.012;
}

static double
cdf_normal(double x)
{
  return 0.5 * erfc(-(x - 0.001) / (0.005 * sqrt(2)));
}

static double
cdf_exponential(double x)
{
  return 1 - exp(-x / 0.005);
}

/* mean 6 ms, shape 3: from 4 ms on */
static double
cdf_pareto(double x)
{
  return x < 0.004 ? 0 : 1 - pow(0.004 / x, 3);
}

static void
distributions_are_what_they_say(void)
{
  void *state = state_new(&jitter_uniform);
  model_set(jitter_uniform.params, state, "low", -0.002);
  model_set(jitter_uniform.params, state, "high", 0.010);
  assert_distribution(&jitter_uniform, state, cdf_uniform);
  state = state_new(&jitter_normal);
  model_set(jitter_normal.params, state, "mean", 0.001);
  model_set(jitter_normal.params, state, "deviation", 0.005);
  assert_distribution(&jitter_normal, state, cdf_normal);
  state = state_new(&jitter_exponential);
  model_set(jitter_exponential.params, state, "mean", 0.005);
  assert_distribution(&jitter_exponential, state, cdf_exponential);
  state = state_new(&jitter_pareto);
  model_set(jitter_pareto.params, state, "mean", 0.006);
  assert_distribution(&jitter_pareto, state, cdf_pareto);
}

static void
uniform_is_not_backwards(void)
{
  void *state = state_new(&jitter_uniform);
  GError *error = NULL;
  model_set(jitter_uniform.params, state, "low", 0.002);
  model_set(jitter_uniform.params, state, "high", 0.001);
  g_assert_false(jitter_uniform.check(state, &error));
  fixture_assert_error(&error, "low must be at most high");
  g_free(state);
}

/* A link whose packets get these delays, in seconds, beside its own of 10 ms. */
static void
link_with_trace(Fixture *f, const char *delays, bool reorders)
{
  fixture_link(f, 8000000, 10 * FIXTURE_MS); /* 100 bytes take 0.1 ms */
  void *state = state_new(&jitter_trace);
  GError *error = NULL;
  model_set_file(jitter_trace.params, state, "file", delays, &error);
  g_assert_no_error(error);
  link_set_jitter(f->way, &jitter_trace, state, reorders);
}

static void
without_reordering_nobody_overtakes(void)
{
  Fixture f;
  link_with_trace(&f, "0.005\n0\n0.001\n-1\n", false);
  for (unsigned i = 1; i <= 5; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 4 5");
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 15100 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 3)->time, ==, 15100 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 4)->time, ==, 15500 * FIXTURE_US); /* the trace begins anew */
  fixture_free(&f);
}

static void
with_reordering_each_has_its_own_delay(void)
{
  Fixture f;
  link_with_trace(&f, "0.005\n0\n0.001\n-1\n", true);
  for (unsigned i = 1; i <= 4; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "4 2 3 1");
  g_assert_cmpint(fixture_arrival(&f, 0)->time, ==, 400 * FIXTURE_US); /* not before it was sent */
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, 10200 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 2)->time, ==, 11300 * FIXTURE_US);
  g_assert_cmpint(fixture_arrival(&f, 3)->time, ==, 15100 * FIXTURE_US);
  link_set_jitter(f.way, NULL, NULL, false);
  fixture_send(&f, 5, 100);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 4)->time, ==, 25200 * FIXTURE_US);
  fixture_free(&f);
}

/* Reordering that is no jitter. */

static void
reordered_by_distance(void)
{
  Fixture f;
  fixture_link(&f, 8000000, 10 * FIXTURE_MS);
  LinkReorder reorder = {.probability = 1, .distance = 2, .delay = 100 * FIXTURE_MS};
  link_set_reorder(f.way, &reorder);
  fixture_send(&f, 1, 100);
  fixture_run(&f, FIXTURE_MS);
  link_set_reorder(f.way, &(LinkReorder){0});
  for (unsigned i = 2; i <= 4; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "2 3 1 4");
  link_set_reorder(f.way, &reorder);
  fixture_send(&f, 5, 100); /* and nothing follows */
  SimTime sent = sim_now(f.sim);
  fixture_run_all(&f);
  g_assert_cmpint(fixture_arrival(&f, 4)->time - sent, ==, 110100 * FIXTURE_US);
  g_assert_cmpuint(link_counters(f.way)->reordered, ==, 2);
  fixture_free(&f);
}

static void
reordered_by_time_and_by_chance(void)
{
  Fixture f;
  fixture_link(&f, 8000000, 10 * FIXTURE_MS);
  QdiscDroptail *queue = g_malloc0(qdisc_droptail.state_size);
  qdisc_droptail.init(queue, f.way);
  queue->limit_packets = -1;
  link_set_queue(f.way, &qdisc_droptail, queue);
  link_set_reorder(f.way, &(LinkReorder){.probability = 0.1, .delay = 1050 * FIXTURE_US});
  for (unsigned i = 1; i <= 5000; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  unsigned late = 0;
  for (unsigned i = 1; i < f.arrivals->len; i++)
    late += fixture_arrival(&f, i)->number < fixture_arrival(&f, i - 1)->number;
  g_assert_cmpuint(f.arrivals->len, ==, 5000);
  g_assert_cmpuint(link_counters(f.way)->reordered, >, 415); /* 500 and four deviations */
  g_assert_cmpuint(link_counters(f.way)->reordered, <, 585);
  g_assert_cmpuint(late, >, 300);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/jitter/distributions", distributions_are_what_they_say);
  g_test_add_func("/jitter/uniform-check", uniform_is_not_backwards);
  g_test_add_func("/jitter/in-order", without_reordering_nobody_overtakes);
  g_test_add_func("/jitter/reordering", with_reordering_each_has_its_own_delay);
  g_test_add_func("/reorder/distance", reordered_by_distance);
  g_test_add_func("/reorder/time", reordered_by_time_and_by_chance);
  return g_test_run();
}
