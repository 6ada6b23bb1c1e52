/* Conversions, exact serialisation times, and text. */
#include "sim/time.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "sim/rng.h"

static void
seconds_round_to_the_nearest(void)
{
  g_assert_cmpint(sim_time_from_seconds(0), ==, 0);
  g_assert_cmpint(sim_time_from_seconds(0.05), ==, 50 * SIM_MILLISECOND);
  g_assert_cmpint(sim_time_from_seconds(0.1 + 0.2), ==, 300 * SIM_MILLISECOND);
  g_assert_cmpint(sim_time_from_seconds(1.4e-12), ==, 1);
  g_assert_cmpint(sim_time_from_seconds(1.6e-12), ==, 2);
  g_assert_cmpint(sim_time_from_seconds(-1.6e-12), ==, -2);
  g_assert_cmpint(sim_time_from_seconds(-3), ==, -3 * SIM_SECOND);
}

static void
seconds_saturate(void)
{
  g_assert_cmpint(sim_time_from_seconds(INFINITY), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_from_seconds(1e300), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_from_seconds(9223372.036854778), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_from_seconds(9223372.5), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_from_seconds(9223372), ==, 9223372 * SIM_SECOND);
  g_assert_cmpint(sim_time_from_seconds(-INFINITY), ==, -SIM_TIME_NEVER);
}

/* A time below 8192 s survives a double, whose last place is then below half a picosecond. */
static void
seconds_and_back(void)
{
  SimRng rng;
  sim_rng_init(&rng, 1, "seconds-and-back");
  for (int i = 0; i < 200000; i++) {
    SimTime time = (SimTime)sim_rng_below(&rng, 8191 * SIM_SECOND);
    time >>= sim_rng_below(&rng, 53);
    g_assert_cmpint(sim_time_from_seconds(sim_time_to_seconds(time)), ==, time);
    g_assert_cmpint(sim_time_from_seconds(sim_time_to_seconds(-time)), ==, -time);
  }
  g_assert_cmpfloat(sim_time_to_seconds(50 * SIM_MILLISECOND), ==, 0.05);
  g_assert_cmpfloat(sim_time_to_seconds(9007 * SIM_SECOND + 199254740993), ==, 9007.199254740993);
  g_assert_cmpfloat(sim_time_to_seconds(9223372 * SIM_SECOND), ==, 9223372);
}

static void
add_saturates(void)
{
  g_assert_cmpint(sim_time_add(1, 2), ==, 3);
  g_assert_cmpint(sim_time_add(SIM_TIME_NEVER, 0), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_add(SIM_TIME_NEVER, SIM_TIME_NEVER), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_add(SIM_TIME_NEVER - 1, 1), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_add(SIM_TIME_NEVER - 2, 1), ==, SIM_TIME_NEVER - 1);
}

static void
to_send_is_exact(void)
{
  g_assert_cmpint(sim_time_to_send(64, UINT64_C(400000000000)), ==, 1280);
  g_assert_cmpint(sim_time_to_send(1500, 10000000), ==, 1200 * SIM_MICROSECOND);
  g_assert_cmpint(sim_time_to_send(1500, 0), ==, 0);
  g_assert_cmpint(sim_time_to_send(0, 1), ==, 0);
  g_assert_cmpint(sim_time_to_send(1, 3), ==, 2666666666667); /* 2.66... s, rounded up */
  g_assert_cmpint(sim_time_to_send(1, UINT64_MAX), ==, 1);
  g_assert_cmpint(sim_time_to_send(UINT64_MAX, 1), ==, SIM_TIME_NEVER);
  g_assert_cmpint(sim_time_to_send(1152922, 1), ==, SIM_TIME_NEVER); /* 9,223,376 s */
  g_assert_cmpint(sim_time_to_send(1152921, 1), ==, 9223368 * SIM_SECOND);
}

/* Both ways of calculating, on either side of 2.3 MB: least time that is enough. */
static void
to_send_is_the_least_that_suffices(void)
{
  __extension__ typedef unsigned __int128 Wide;
  SimRng rng;
  sim_rng_init(&rng, 1, "to-send");
  for (int i = 0; i < 100000; i++) {
    uint64_t bytes = 1 + (sim_rng_u64(&rng) >> (24 + sim_rng_below(&rng, 40)));
    uint64_t rate = UINT64_C(1000000) + (sim_rng_u64(&rng) >> (20 + sim_rng_below(&rng, 40)));
    SimTime time = sim_time_to_send(bytes, rate);
    Wide work = (Wide)bytes * 8 * (uint64_t)SIM_SECOND;
    if (time == SIM_TIME_NEVER) {
      g_assert_true((Wide)(SIM_TIME_NEVER - 1) * rate < work);
      continue;
    }
    g_assert_true((Wide)(uint64_t)time * rate >= work);
    g_assert_true((Wide)(uint64_t)(time - 1) * rate < work);
  }
}

static void
assert_print(SimTime time, const char *expected)
{
  char text[SIM_TIME_TEXT];
  g_assert_cmpstr(sim_time_print(time, text), ==, expected);
}

static void
print_is_exact(void)
{
  assert_print(0, "0");
  assert_print(50 * SIM_MILLISECOND, "0.05");
  assert_print(SIM_SECOND + 1, "1.000000000001");
  assert_print(120 * SIM_SECOND, "120");
  assert_print(10, "0.00000000001");
  assert_print(-1500 * SIM_MILLISECOND, "-1.5");
  assert_print(SIM_TIME_NEVER, "never");
  assert_print(SIM_TIME_NEVER - 1, "9223372.036854775806");
  assert_print(INT64_MIN, "-9223372.036854775808");
}

static void
assert_print_unit(SimTime time, int digits, const char *expected)
{
  char text[SIM_TIME_TEXT];
  g_assert_cmpstr(sim_time_print_unit(time, digits, text), ==, expected);
}

static void
print_unit_suits_a_reader(void)
{
  assert_print_unit(0, 3, "0 s");
  assert_print_unit(50 * SIM_MILLISECOND, 3, "50 ms");
  assert_print_unit(1050 * SIM_MILLISECOND, 3, "1.05 s");
  assert_print_unit(33333333, 3, "33.3 us");
  assert_print_unit(33333333, 9, "33.333333 us");
  assert_print_unit(1280, 3, "1.28 ns");
  assert_print_unit(7, 3, "7 ps");
  assert_print_unit(999500 * SIM_NANOSECOND, 3, "1 ms"); /* half upwards, into the next unit */
  assert_print_unit(999499 * SIM_NANOSECOND, 3, "999 us");
  assert_print_unit(1234 * SIM_SECOND, 3, "1230 s");
  assert_print_unit(-1234567, 2, "-1.2 us");
  assert_print_unit(SIM_TIME_NEVER, 3, "never");
  assert_print_unit(INT64_MIN, 19, "-9223372.036854775808 s");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/time/seconds-round-to-the-nearest", seconds_round_to_the_nearest);
  g_test_add_func("/time/seconds-saturate", seconds_saturate);
  g_test_add_func("/time/seconds-and-back", seconds_and_back);
  g_test_add_func("/time/add-saturates", add_saturates);
  g_test_add_func("/time/to-send-is-exact", to_send_is_exact);
  g_test_add_func("/time/to-send-is-the-least-that-suffices", to_send_is_the_least_that_suffices);
  g_test_add_func("/time/print-is-exact", print_is_exact);
  g_test_add_func("/time/print-unit-suits-a-reader", print_unit_suits_a_reader);
  return g_test_run();
}
