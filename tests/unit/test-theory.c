/* The formulas against the numbers of their papers. */
#include "plots/theory.h"

#include <math.h>
#include <string.h>

/* The study has one parameter called loss and one called delay. */
typedef struct Study {
  double loss, delay;
} Study;

static bool
look_up(const char *name, double *value, void *data)
{
  const Study *study = data;
  if (strcmp(name, "loss") == 0)
    *value = study->loss;
  else if (strcmp(name, "delay") == 0)
    *value = study->delay;
  else
    return false;
  return true;
}

static double
value_of(const char *text, double loss, double delay)
{
  GError *error = NULL;
  g_autoptr(GPtrArray) calls = theory_parse(text, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(calls->len, ==, 1);
  Study study = {loss, delay};
  double value;
  g_assert_true(theory_value(calls->pdata[0], look_up, &study, &value, &error));
  g_assert_no_error(error);
  return value;
}

static void
assert_near(double value, double wanted, double part)
{
  g_assert_cmpfloat_with_epsilon(value, wanted, part * wanted);
}

/* Packets a second at RTT 100 ms, b = 1, T0 = 1 s. */
static void
response_functions(void)
{
  static const struct {
    double p, mathis, pftk;
  } rows[] = {{1e-3, 387, 379}, {1e-2, 122, 99.9}, {1e-1, 38.7, 9.76}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    double segment = 1448 * 8;
    assert_near(value_of("mathis", rows[i].p, 0.05) / segment, rows[i].mathis, 0.005);
    assert_near(value_of("pftk(t0=1 s)", rows[i].p, 0.05) / segment, rows[i].pftk, 0.005);
  }
  assert_near(value_of("mathis(b=2)", 1e-3, 0.05), value_of("mathis", 2e-3, 0.05), 1e-12);
  assert_near(value_of("mathis(rate=1 Mbit/s)", 1e-3, 0.05), 1e6 * 1448 / 1500, 1e-12);
  assert_near(value_of("pftk", 1e-2, 0.05), value_of("pftk(t0=2*delay + 200 ms)", 1e-2, 0.05),
              1e-12);
}

/* RFC 9438, tables 1 and 2: the average window in segments. */
static void
cubic_windows(void)
{
  static const double long_path[] = {12, 38, 187, 1054, 5926, 33325, 187400};
  static const double short_path[] = {12, 38, 120, 379, 1200, 5926, 33325};
  double p = 1e-2;
  for (guint i = 0; i < G_N_ELEMENTS(long_path); i++, p /= 10) {
    assert_near(value_of("cubic", p, 0.05) * 0.1 / (1448 * 8), long_path[i], 0.03);
    assert_near(value_of("cubic", p, 0.005) * 0.01 / (1448 * 8), short_path[i], 0.03);
  }
}

static void
cardwell_times(void)
{
  static const double rows[][2] = {
      {0.01, 0.1204}, {0.05, 0.2111}, {0.1, 0.350}, {0.2, 0.7667}, {0.3, 1.6}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    assert_near(value_of("cardwell", rows[i][0], 0.05), rows[i][1], 0.001);
  g_assert_true(isnan(value_of("cardwell", 0.5, 0.05)));
  assert_near(value_of("cardwell(pr=0, ts=3 s, rtt=delay)", 0.1, 0.05), 0.05 + 3 * (0.9 / 0.8 - 1),
              1e-9);
}

static void
queues(void)
{
  assert_near(value_of("mm1(load=0.5)", 0, 0), 1, 1e-12);
  assert_near(value_of("mm1(load=0.8)", 0, 0), 4, 1e-9);
  assert_near(value_of("mm1(load=0.9, service=2 ms)", 0, 0), 0.02, 1e-9);
  g_assert_true(isnan(value_of("mm1(load=1)", 0, 0)));
}

static void
several_and_wrong(void)
{
  GError *error = NULL;
  g_autoptr(GPtrArray) calls = theory_parse("mathis, pftk(b=2, t0=1 s); cubic", &error);
  g_assert_no_error(error);
  g_assert_cmpuint(calls->len, ==, 3);
  static const char *const wrong[] = {"mathsi", "", "mathis(q=1)", "mathis(b=1", "mathis)b=1("};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_null(theory_parse(wrong[i], &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
  }
  g_autoptr(GPtrArray) call = theory_parse("mm1", &error);
  Study study = {0};
  double value;
  g_assert_false(theory_value(call->pdata[0], look_up, &study, &value, &error));
  g_assert_nonnull(strstr(error->message, "needs load"));
  g_clear_error(&error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/theory/response-functions", response_functions);
  g_test_add_func("/theory/cubic-windows", cubic_windows);
  g_test_add_func("/theory/cardwell-times", cardwell_times);
  g_test_add_func("/theory/queues", queues);
  g_test_add_func("/theory/several-and-wrong", several_and_wrong);
  return g_test_run();
}
