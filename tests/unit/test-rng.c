/* Philox's known answers, and each distribution at a written seed.
 *
 * The bounds are wide (a chance of about one in a million of being missed by a right generator at
 * a seed drawn anew), and the seeds are fixed: a failure is a change, never bad luck. */
#include "sim/rng.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "sim/stats.h"

#define VALUES 200000

/* The known-answer vectors of Random123 1.09 for philox4x32-10. */
static void
philox_known_answers(void)
{
  static const struct {
    uint64_t block;
    uint32_t name[2], key[2], words[4];
  } known[] = {
      {0, {0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {UINT64_MAX,
       {0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {UINT64_C(0x85a308d3243f6a88),
       {0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
    SimRng rng = {.key = {known[i].key[0], known[i].key[1]},
                  .name = {known[i].name[0], known[i].name[1]},
                  .block = known[i].block};
    for (int j = 0; j < 4; j++)
      g_assert_cmphex(sim_rng_u32(&rng), ==, known[i].words[j]);
    uint64_t name = (uint64_t)known[i].name[1] << 32 | known[i].name[0];
    uint64_t key = (uint64_t)known[i].key[1] << 32 | known[i].key[0];
    uint64_t mixed = (uint64_t)known[i].words[1] << 32 | known[i].words[0];
    g_assert_cmphex(sim_rng_mix(key, known[i].block, name), ==, mixed);
  }
}

/* Runs made before must come out the same: these values are fixed for good. */
static void
streams_are_fixed_for_good(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "client>server.loss");
  g_assert_cmphex(sim_rng_hash(""), ==, UINT64_C(0xf52a15e9a9b5e89b));
  g_assert_cmphex(sim_rng_hash("client>server.loss"), ==, UINT64_C(0x4dbe7ab9775dca33));
  g_assert_cmphex(sim_rng_u32(&rng), ==, 0x61cc1b8c);
  g_assert_cmphex(sim_rng_u64(&rng), ==, UINT64_C(0x2c91afc8b51726b0));
  g_assert_cmphex(sim_rng_u64(&rng), ==, UINT64_C(0x250039582cf50670));
}

static double
correlation(SimRng *a, SimRng *b)
{
  double sum = 0;
  for (int i = 0; i < VALUES; i++)
    sum += (sim_rng_uniform(a) - 0.5) * (sim_rng_uniform(b) - 0.5);
  return sum / VALUES * 12;
}

/* Two numbers make a stream of their own within a stream, wherever that stands. */
static void
streams_within_a_stream_are_independent(void)
{
  static const uint64_t numbers[][2] = {{1, 2}, {2, 1}, {1, 3}, {2, 2}, {UINT64_MAX, 0}};
  SimRng stream, other;
  sim_rng_init(&stream, 1, "load");
  sim_rng_init(&other, 1, "another");
  for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
    SimRng a, again, b, elsewhere;
    sim_rng_init_within(&a, &stream, numbers[i][0], numbers[i][1]);
    sim_rng_u32(&stream);
    sim_rng_init_within(&again, &stream, numbers[i][0], numbers[i][1]);
    g_assert_cmphex(sim_rng_u64(&a), ==, sim_rng_u64(&again));
    sim_rng_init_within(&elsewhere, &other, numbers[i][0], numbers[i][1]);
    g_assert_cmpfloat(fabs(correlation(&a, &elsewhere)), <, 5 / sqrt(VALUES));
    sim_rng_init(&b, 1, "load");
    g_assert_cmpfloat(fabs(correlation(&again, &b)), <, 5 / sqrt(VALUES));
    for (size_t j = 0; j < i; j++) {
      sim_rng_init_within(&a, &stream, numbers[i][0], numbers[i][1]);
      sim_rng_init_within(&b, &stream, numbers[j][0], numbers[j][1]);
      g_assert_cmpfloat(fabs(correlation(&a, &b)), <, 5 / sqrt(VALUES));
    }
  }
}

static void
streams_are_independent(void)
{
  static const char *const names[] = {"a", "b", "aa", "flow 1", "flow 2", ""};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    for (size_t j = 0; j < i; j++) {
      SimRng a, b;
      sim_rng_init(&a, 1, names[i]);
      sim_rng_init(&b, 1, names[j]);
      g_assert_cmpfloat(fabs(correlation(&a, &b)), <, 5 / sqrt(VALUES));
    }
  SimRng seed_1, seed_2;
  sim_rng_init(&seed_1, 1, "a");
  sim_rng_init(&seed_2, 2, "a");
  g_assert_cmpfloat(fabs(correlation(&seed_1, &seed_2)), <, 5 / sqrt(VALUES));
}

/* What one stream gives does not depend on what was drawn from another. */
static void
streams_do_not_move_each_other(void)
{
  SimRng alone, beside, other;
  sim_rng_init(&alone, 3, "link");
  sim_rng_init(&beside, 3, "link");
  sim_rng_init(&other, 3, "new flow");
  for (int i = 0; i < 1000; i++) {
    sim_rng_exponential(&other, 1);
    g_assert_cmphex(sim_rng_u64(&alone), ==, sim_rng_u64(&beside));
  }
}

static int
compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the greatest distance between the two distribution functions. */
static double
distance(double *values, double (*distribution)(double))
{
  double greatest = 0;
  qsort(values, VALUES, sizeof *values, compare);
  for (int i = 0; i < VALUES; i++) {
    double expected = distribution(values[i]);
    greatest = fmax(greatest, fabs(expected - (double)i / VALUES));
    greatest = fmax(greatest, fabs(expected - (double)(i + 1) / VALUES));
  }
  return greatest;
}

/* 2.7 / sqrt(n) is exceeded by a right generator once in a million. */
static void
assert_distributed(double *values, double mean, double variance, double (*distribution)(double))
{
  SimMoments moments = {0};
  for (int i = 0; i < VALUES; i++)
    sim_moments_add(&moments, values[i]);
  g_assert_cmpfloat_with_epsilon(moments.mean, mean, 5 * sqrt(variance / VALUES));
  g_assert_cmpfloat_with_epsilon(sim_moments_variance(&moments), variance, variance * 0.05);
  g_assert_cmpfloat(distance(values, distribution), <, 2.7 / sqrt(VALUES));
}

static double
uniform_distribution(double x)
{
  return x;
}

static void
uniform_is_uniform(void)
{
  g_autofree double *values = g_new(double, VALUES);
  SimRng rng;
  sim_rng_init(&rng, 1, "uniform");
  for (int i = 0; i < VALUES; i++) {
    values[i] = sim_rng_uniform(&rng);
    g_assert_true(values[i] >= 0 && values[i] < 1);
  }
  assert_distributed(values, 0.5, 1.0 / 12, uniform_distribution);
}

static double
exponential_distribution(double x)
{
  return 1 - exp(-x / 0.05);
}

static void
exponential_is_exponential(void)
{
  g_autofree double *values = g_new(double, VALUES);
  SimRng rng;
  sim_rng_init(&rng, 1, "exponential");
  for (int i = 0; i < VALUES; i++)
    values[i] = sim_rng_exponential(&rng, 0.05);
  assert_distributed(values, 0.05, 0.05 * 0.05, exponential_distribution);
}

static double
normal_distribution(double x)
{
  return erfc(-(x - 10) / 3 / sqrt(2)) / 2;
}

static void
normal_is_normal(void)
{
  g_autofree double *values = g_new(double, VALUES);
  SimRng rng;
  sim_rng_init(&rng, 1, "normal");
  for (int i = 0; i < VALUES; i++)
    values[i] = sim_rng_normal(&rng, 10, 3);
  double together = 0; /* the two of a pair are independent */
  for (int i = 0; i < VALUES; i += 2)
    together += (values[i] - 10) * (values[i + 1] - 10) / 9;
  g_assert_cmpfloat(fabs(together / (VALUES / 2)), <, 5 / sqrt(VALUES / 2));
  assert_distributed(values, 10, 9, normal_distribution);
}

static double
pareto_distribution(double x)
{
  return x < 8 ? 0 : 1 - pow(8 / x, 5);
}

static void
pareto_is_pareto(void)
{
  g_autofree double *values = g_new(double, VALUES);
  SimRng rng;
  sim_rng_init(&rng, 1, "pareto");
  for (int i = 0; i < VALUES; i++) {
    values[i] = sim_rng_pareto(&rng, 10, 5); /* so the scale is 8 */
    g_assert_cmpfloat(values[i], >=, 8);
  }
  assert_distributed(values, 10, 20.0 / 3, pareto_distribution);
}

static void
chance_is_p(void)
{
  static const double chances[] = {0, 0.001, 0.3, 0.999, 1};
  for (size_t i = 0; i < G_N_ELEMENTS(chances); i++) {
    double p = chances[i], hits = 0;
    SimRng rng;
    sim_rng_init(&rng, 1, "chance");
    for (int j = 0; j < VALUES; j++)
      hits += sim_rng_chance(&rng, p);
    g_assert_cmpfloat(fabs(hits - VALUES * p), <=, 5 * sqrt(VALUES * p * (1 - p)));
    g_assert_cmpuint(rng.block, ==, VALUES / 2); /* one draw each, whatever p is */
  }
}

/* Chi-square over ten values, each as likely as another; 44.8 is passed once in a million. */
static void
below_is_without_bias(void)
{
  SimRng rng;
  double counts[10] = {0}, square = 0;
  sim_rng_init(&rng, 1, "below");
  for (int i = 0; i < VALUES; i++) {
    uint64_t value = sim_rng_below(&rng, 10);
    g_assert_cmpuint(value, <, 10);
    counts[value]++;
  }
  for (int i = 0; i < 10; i++)
    square += (counts[i] - VALUES / 10.0) * (counts[i] - VALUES / 10.0) / (VALUES / 10.0);
  g_assert_cmpfloat(square, <, 44.8);
  g_assert_cmpuint(sim_rng_below(&rng, 1), ==, 0);
}

/* With n at three quarters of the range, a plain modulo would give the lower third of the values
 * twice as often as the rest. */
static void
below_is_without_bias_for_a_huge_n(void)
{
  SimRng rng;
  const uint64_t third = UINT64_C(1) << 62;
  double low = 0;
  sim_rng_init(&rng, 1, "below-huge");
  for (int i = 0; i < VALUES; i++)
    low += sim_rng_below(&rng, 3 * third) < third;
  g_assert_cmpfloat_with_epsilon(low, VALUES / 3.0, 5 * sqrt(VALUES * 2.0 / 9));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rng/philox-known-answers", philox_known_answers);
  g_test_add_func("/rng/streams-are-fixed-for-good", streams_are_fixed_for_good);
  g_test_add_func("/rng/streams-within-a-stream-are-independent",
                  streams_within_a_stream_are_independent);
  g_test_add_func("/rng/streams-are-independent", streams_are_independent);
  g_test_add_func("/rng/streams-do-not-move-each-other", streams_do_not_move_each_other);
  g_test_add_func("/rng/uniform-is-uniform", uniform_is_uniform);
  g_test_add_func("/rng/exponential-is-exponential", exponential_is_exponential);
  g_test_add_func("/rng/normal-is-normal", normal_is_normal);
  g_test_add_func("/rng/pareto-is-pareto", pareto_is_pareto);
  g_test_add_func("/rng/chance-is-p", chance_is_p);
  g_test_add_func("/rng/below-is-without-bias", below_is_without_bias);
  g_test_add_func("/rng/below-is-without-bias-for-a-huge-n", below_is_without_bias_for_a_huge_n);
  return g_test_run();
}
