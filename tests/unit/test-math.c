/* Our log, exp, pow and cbrt against the C library's, in units of the last place. */
#include "sim/math.h"

#include <glib.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "sim/rng.h"

#define VALUES 300000
#define MIN_SUBNORMAL 0x1p-1074

/* How many doubles lie between two of the same sign. */
static uint64_t
ulps(double a, double b)
{
  int64_t a_bits, b_bits;
  memcpy(&a_bits, &a, sizeof a);
  memcpy(&b_bits, &b, sizeof b);
  if ((a_bits ^ b_bits) < 0)
    return a == b ? 0 : UINT64_MAX;
  return (uint64_t)(a_bits > b_bits ? a_bits - b_bits : b_bits - a_bits);
}

static void
assert_near(const char *what, double x, double y, double ours, double theirs)
{
  if (ours == theirs || (isnan(ours) && isnan(theirs)) || ulps(ours, theirs) <= 3)
    return;
  g_test_message("%s(%a, %a): %a, the C library says %a", what, x, y, ours, theirs);
  g_test_fail();
}

/* Any finite positive double, all exponents alike: subnormals too. */
static double
any_positive(SimRng *rng)
{
  uint64_t bits = sim_rng_u64(rng) >> 1;
  double x;
  memcpy(&x, &bits, sizeof x);
  return isfinite(x) ? x : any_positive(rng);
}

static const double edges[] = {
    MIN_SUBNORMAL,
    0x1.8p-1073,
    0x1p-1023,
    0x1.fffffffffffffp-1023,
    0x1p-1022,
    1e-300,
    1e-10,
    0.5,
    0.70710678118,
    0.7071067811865475,
    0.7071067811865476,
    1 - 0x1p-53,
    1,
    1 + 0x1p-52,
    1.4142135623730949,
    1.4142135623730951,
    1.5,
    2,
    2.718281828,
    8,
    10,
    27,
    64,
    1e10,
    1e300,
    0x1.fffffffffffffp+1023,
};

static void
log_is_near(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "log");
  for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
    assert_near("log", edges[i], 0, sim_log(edges[i]), log(edges[i]));
  for (int i = 0; i < VALUES; i++) {
    double any = any_positive(&rng), uniform = 1 - sim_rng_uniform(&rng);
    double near_one = 1 + (sim_rng_uniform(&rng) - 0.5) * 0x1p-20;
    assert_near("log", any, 0, sim_log(any), log(any));
    assert_near("log", uniform, 0, sim_log(uniform), log(uniform));
    assert_near("log", near_one, 0, sim_log(near_one), log(near_one));
  }
  g_assert_cmpfloat(sim_log(1), ==, 0);
  g_assert_cmpfloat(sim_log(0), ==, -INFINITY);
  g_assert_cmpfloat(sim_log(INFINITY), ==, INFINITY);
  g_assert_true(isnan(sim_log(-1)));
  g_assert_true(isnan(sim_log(NAN)));
}

static void
exp_is_near(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "exp");
  for (int i = 0; i < VALUES; i++) {
    double wide = (sim_rng_uniform(&rng) - 0.5) * 1500;
    double small = (sim_rng_uniform(&rng) - 0.5) * 4;
    double subnormal = -708 - sim_rng_uniform(&rng) * 38;
    double tiny = (sim_rng_uniform(&rng) - 0.5) * 1e-10;
    assert_near("exp", wide, 0, sim_exp(wide), exp(wide));
    assert_near("exp", small, 0, sim_exp(small), exp(small));
    assert_near("exp", subnormal, 0, sim_exp(subnormal), exp(subnormal));
    assert_near("exp", tiny, 0, sim_exp(tiny), exp(tiny));
  }
  g_assert_cmpfloat(sim_exp(0), ==, 1);
  assert_near("exp", 709.782712893384, 0, sim_exp(709.782712893384), exp(709.782712893384));
  g_assert_cmpfloat(sim_exp(709.7827128933841), ==, INFINITY);
  g_assert_cmpfloat(sim_exp(1e300), ==, INFINITY);
  g_assert_cmpfloat(sim_exp(-745.2), ==, 0);
  g_assert_cmpfloat(sim_exp(-INFINITY), ==, 0);
  g_assert_true(isnan(sim_exp(NAN)));
}

static void
pow_is_near(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "pow");
  for (int i = 0; i < VALUES; i++) {
    double any = any_positive(&rng), uniform = 1 - sim_rng_uniform(&rng);
    double exponent = (sim_rng_uniform(&rng) - 0.5) * 8;
    /* Results over the whole range of exponents, where an error in the logarithm counts most. */
    double far = (sim_rng_uniform(&rng) - 0.5) * 1480 / log(any);
    double near_one = 1 + (sim_rng_uniform(&rng) - 0.5) * 0x1p-20;
    double large = (sim_rng_uniform(&rng) - 0.5) * 0x1p28;
    assert_near("pow", any, exponent, sim_pow(any, exponent), pow(any, exponent));
    assert_near("pow", uniform, exponent, sim_pow(uniform, exponent), pow(uniform, exponent));
    assert_near("pow", any, far, sim_pow(any, far), pow(any, far));
    assert_near("pow", near_one, large, sim_pow(near_one, large), pow(near_one, large));
  }
}

static void
pow_at_the_edges(void)
{
  static const double exponents[] = {0,  -0.0, 1,     -1,  0.5,    -0.5,    2,        3,
                                     10, -10,  1e-20, 1e5, 0x1p80, -0x1p80, INFINITY, -INFINITY};
  for (size_t j = 0; j < G_N_ELEMENTS(exponents); j++) {
    double y = exponents[j];
    for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
      assert_near("pow", edges[i], y, sim_pow(edges[i], y), pow(edges[i], y));
    g_assert_cmpfloat(sim_pow(0, y), ==, pow(0, y));
    g_assert_cmpfloat(sim_pow(INFINITY, y), ==, pow(INFINITY, y));
  }
  g_assert_cmpfloat(sim_pow(2, 10), ==, 1024);
  g_assert_cmpfloat(sim_pow(10, 3), ==, 1000);
  g_assert_cmpfloat(sim_pow(NAN, 0), ==, 1);
  g_assert_true(isnan(sim_pow(NAN, 1)));
  g_assert_true(isnan(sim_pow(2, NAN)));
}

static void
cbrt_is_near(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "cbrt");
  for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
    assert_near("cbrt", edges[i], 0, sim_cbrt(edges[i]), cbrt(edges[i]));
  for (int i = 0; i < VALUES; i++) {
    double any = any_positive(&rng), usual = sim_rng_uniform(&rng) * 1000;
    assert_near("cbrt", any, 0, sim_cbrt(any), cbrt(any));
    assert_near("cbrt", -usual, 0, sim_cbrt(-usual), cbrt(-usual));
  }
  g_assert_cmpfloat(sim_cbrt(0), ==, 0);
  g_assert_cmpfloat(sim_cbrt(27), ==, 3);
  g_assert_cmpfloat(sim_cbrt(-0.125), ==, -0.5);
  g_assert_cmpfloat(sim_cbrt(INFINITY), ==, INFINITY);
  g_assert_true(isnan(sim_cbrt(NAN)));
}

/* The same bits everywhere: what these came to on the machine where the test was written. */
static void
bits_are_fixed(void)
{
  uint64_t hash = 0;
  SimRng rng;
  sim_rng_init(&rng, 1, "bits");
  for (int i = 0; i < 20000; i++) {
    double x = any_positive(&rng), uniform = 1 - sim_rng_uniform(&rng);
    double made[] = {sim_log(x), sim_exp(100 * uniform), sim_pow(x, uniform), sim_cbrt(x)};
    for (size_t j = 0; j < G_N_ELEMENTS(made); j++) {
      uint64_t bits;
      memcpy(&bits, &made[j], sizeof bits);
      hash = sim_rng_mix(hash, bits, j);
    }
  }
  g_assert_cmphex(hash, ==, UINT64_C(0x92364bb191f77c55));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/math/log-is-near", log_is_near);
  g_test_add_func("/math/exp-is-near", exp_is_near);
  g_test_add_func("/math/pow-is-near", pow_is_near);
  g_test_add_func("/math/pow-at-the-edges", pow_at_the_edges);
  g_test_add_func("/math/cbrt-is-near", cbrt_is_near);
  g_test_add_func("/math/bits-are-fixed", bits_are_fixed);
  return g_test_run();
}
