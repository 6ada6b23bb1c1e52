/* Goodput of one flow under random loss, measured on Linux 6.18 and simulated: the mean of the
 * runs with each congestion control at each loss rate. The measured means are of three runs of 25
 * seconds and can be trusted to 5 %; ours are of more, whose seeds are fixed. */
#include <math.h>
#include <string.h>

#include "tests/reference/reference-run.h"
#include "tests/reference/reference-table.h"

#define RUNS 20

static const struct {
  const char *name;
  double tolerance; /* of the measured mean */
} ccs[] = {{"reno", 0.05}, {"cubic", 0.05}, {"bbr", 0.1}};

static const char *const losses[] = {"0", "0.001", "0.01", "0.03"};

typedef struct Subject {
  const char *cc, *loss;
  double tolerance;
} Subject;

typedef struct Mean {
  double sum, squares;
  guint count;
} Mean;

static void
mean_add(Mean *mean, double value)
{
  mean->sum += value;
  mean->squares += value * value;
  mean->count++;
}

static double
mean_of(const Mean *mean)
{
  return mean->sum / mean->count;
}

/* The standard error of the mean. */
static double
mean_error(const Mean *mean)
{
  if (mean->count < 2)
    return 0;
  double variance = (mean->squares - mean->sum * mean->sum / mean->count) / (mean->count - 1);
  return sqrt(MAX(variance, 0) / mean->count);
}

static Mean
measured(const Subject *subject)
{
  Mean mean = {0};
  GError *error = NULL;
  g_autofree char *path = reference_path("linux-6.18/throughput", "rtt20-queue100", ".csv");
  ReferenceTable *table = reference_table_open(path, &error);
  g_assert_no_error(error);
  while (table != NULL && reference_table_next(table)) {
    if (strcmp(reference_table_text(table, "cc"), subject->cc) == 0 &&
        strcmp(reference_table_text(table, "loss"), subject->loss) == 0)
      mean_add(&mean, reference_table_number(table, "goodput_mbps_25s"));
  }
  if (table != NULL)
    reference_table_close(table, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(mean.count, ==, 3);
  return mean;
}

/* No runs: the program refused, and has said why. */
static Mean
simulated(const Subject *subject)
{
  Mean mean = {0};
  g_autofree char *scenario = reference_path("throughput", "rtt20-queue100", ".lua");
  g_autofree char *cc = g_strconcat("cc=", subject->cc, NULL);
  g_autofree char *loss = g_strconcat("loss=", subject->loss, NULL);
  int runs = strcmp(subject->loss, "0") == 0 ? 1 : RUNS; /* nothing is random then */
  for (int i = 1; i <= runs; i++) {
    g_autofree char *seed = g_strdup_printf("%d", i);
    const char *const arguments[] = {"-p", cc, "-p", loss, "-s", seed, "--no-trace", NULL};
    g_autoptr(ReferenceRun) run = reference_run(scenario, arguments);
    if (!run->ran) {
      g_test_message("%s", run->complaints);
      return (Mean){0};
    }
    mean_add(&mean, reference_result(run, "goodput_mbps"));
  }
  return mean;
}

static void
test_mean(gconstpointer data)
{
  const Subject *subject = data;
  Mean kernel = measured(subject), ours = simulated(subject);
  bool holds = false;
  if (ours.count > 0) {
    double off = mean_of(&ours) / mean_of(&kernel) - 1;
    holds = fabs(off) <= subject->tolerance;
    g_test_message("%-6s %6s %16s %16s %11s", "cc", "loss", "kernel Mbit/s", "Roundtrip Mbit/s",
                   "difference");
    g_test_message("%-6s %6s %8.3f +- %.3f %8.3f +- %.3f %+9.1f %%%s", subject->cc, subject->loss,
                   mean_of(&kernel), mean_error(&kernel), mean_of(&ours), mean_error(&ours),
                   off * 100, holds ? "" : " !");
  }
  g_assert_true(holds);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(ccs); i++)
    for (size_t k = 0; k < G_N_ELEMENTS(losses); k++) {
      Subject *subject = g_new(Subject, 1);
      *subject = (Subject){ccs[i].name, losses[k], ccs[i].tolerance};
      g_autofree char *path =
          g_strdup_printf("/reference/throughput/%s/loss-%s", ccs[i].name, losses[k]);
      g_test_add_data_func_full(path, subject, test_mean, g_free);
    }
  g_test_set_nonfatal_assertions();
  return g_test_run();
}
