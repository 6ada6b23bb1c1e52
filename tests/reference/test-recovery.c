/* Loss recovery as it was measured on Linux 6.18, against the same losses simulated.
 *
 * Each case runs recovery/CASE.lua with Reno and with CUBIC and compares with
 * linux-6.18/recovery/CASE.CC.packets.csv and .tcp_info.csv:
 *   the segments that were sent again, and new data that a timer let out: the same bytes in the
 *   same order, by a timer or by an ACK, each within 5 ms of what caused it, or, when that was a
 *   timer, as late as the kernel's timers are;
 *   in fast recovery, how many new segments leave until it ends, and how many of them soon (PRR
 *   sends them from the start, in proportion to what arrives), within one;
 *   ssthresh after the cut and cwnd at the end of recovery, within one segment; where nothing is
 *   to be cut, that it was not, and cwnd later on.
 * All of it is printed: case, figure, kernel, Roundtrip, difference.
 *
 * A case that is known to differ stands in not_yet[] with the reason and is skipped; when it agrees
 * all the same, the test fails until it is taken off. */
#include <math.h>
#include <string.h>

#include "plots/run-log.h"
#include "tests/reference/reference-csv.h"
#include "tests/reference/reference-repairs.h"
#include "tests/reference/reference-run.h"
#include "tests/reference/reference-samples.h"

#define SEGMENT 1448 /* bytes of data */
#define ACK_TOLERANCE (5 * SIM_MILLISECOND)
#define WINDOW_TOLERANCE 1          /* segments */
#define SOON (50 * SIM_MILLISECOND) /* half a round trip */
#define SHOWN_MOST 6                /* repairs by ACK that are shown one by one */

typedef struct Case {
  const char *name;
  guint64
      acked; /* nothing is cut: cwnd is compared when so many bytes are acknowledged; 0: it is */
} Case;

static const Case cases[] = {
    {.name = "data-20-lost"},
    {.name = "data-20-22-24-lost"},
    {.name = "data-20-and-its-retransmission-lost"},
    {.name = "data-20-lost-no-sack"},
    {.name = "data-100-two-late", .acked = 150000},
    {.name = "last-data-lost", .acked = 43440},
    {.name = "blackhole-10s"},
};

static const char *const ccs[] = {"reno", "cubic"};

/* What is known to differ, and why: "CASE.CC", or "CASE" or ".CC" for all of them;
 * ends with NULL. */
static const struct {
  const char *what, *reason;
} not_yet[] = {
    {NULL, NULL},
};

/* One case with one congestion control. */
typedef struct Subject {
  const Case *recovery;
  const char *cc;
  char *name; /* owned: CASE.CC */
} Subject;

/* -- the table -- */

typedef struct Comparison {
  const char *name;
  bool holds;
} Comparison;

static void
print_header(void)
{
  g_test_message("%-42s %-40s %11s %11s %10s", "case", "figure", "kernel", "Roundtrip",
                 "difference");
}

static void
row(Comparison *comparison, const char *figure, double kernel, double ours, bool fits)
{
  g_test_message("%-42s %-40s %11.*f %11.*f %10.*f%s", comparison->name, figure,
                 kernel == floor(kernel) ? 0 : 1, kernel, ours == floor(ours) ? 0 : 1, ours,
                 kernel == floor(kernel) && ours == floor(ours) ? 0 : 1, ours - kernel,
                 fits ? "" : " !");
  comparison->holds &= fits;
}

/* -- the repairs -- */

/* The time-out that doubled was counted in whole ticks by the kernel, and rounded up. */
static bool
interval_fits(const ReferenceRepair *kernel, const ReferenceRepair *ours)
{
  SimTime late = kernel->interval - ours->interval;
  if (!kernel->by_timer)
    return ABS(late) <= ACK_TOLERANCE;
  SimTime rounding = kernel->backoff > 0 ? REFERENCE_TICK << kernel->backoff : 0;
  return late >= 0 && late < reference_lateness(ours->interval) + rounding;
}

static const ReferenceRepair *
repair_at(const GArray *repairs, guint index)
{
  return &g_array_index(repairs, ReferenceRepair, index);
}

static bool
same_repair(const ReferenceRepair *a, const ReferenceRepair *b)
{
  return a->seq == b->seq && a->nth == b->nth && a->by_timer == b->by_timer;
}

static char *
describe(const ReferenceRepair *repair)
{
  g_autofree char *what = repair->nth == 1 ? g_strdup("a new segment")
                                           : g_strdup_printf("retransmission %u", repair->nth - 1);
  return g_strdup_printf("%s of byte %" G_GINT64_FORMAT " by %s", what, repair->seq,
                         repair->by_timer ? "a timer" : "an ACK");
}

static void
print_first_other(Comparison *comparison, guint index, const GArray *kernel, const GArray *ours)
{
  g_autofree char *theirs =
      index < kernel->len ? describe(repair_at(kernel, index)) : g_strdup("nothing");
  g_autofree char *mine =
      index < ours->len ? describe(repair_at(ours, index)) : g_strdup("nothing");
  g_test_message("%-42s repair %u: the kernel sends %s, Roundtrip %s !", comparison->name,
                 index + 1, theirs, mine);
  comparison->holds = false;
}

static double
milliseconds(SimTime time)
{
  return (double)(time / SIM_MICROSECOND) / 1000;
}

/* One row for each repair by a timer and for the first by ACKs, one for the worst of the rest. */
static void
compare_repairs(Comparison *comparison, const GArray *kernel, const GArray *ours)
{
  const ReferenceRepair *worst = NULL, *worst_ours = NULL;
  guint shown = 0, same = 0;
  row(comparison, "repairs", kernel->len, ours->len, kernel->len == ours->len);
  while (same < kernel->len && same < ours->len &&
         same_repair(repair_at(kernel, same), repair_at(ours, same)))
    same++;
  for (guint i = 0; i < same; i++) {
    const ReferenceRepair *k = repair_at(kernel, i), *o = repair_at(ours, i);
    bool fits = interval_fits(k, o);
    comparison->holds &= fits;
    if (k->by_timer || shown++ < SHOWN_MOST) {
      g_autofree char *figure =
          g_strdup_printf("%s of byte %" G_GINT64_FORMAT ", after %s, ms",
                          k->nth == 1 ? "new" : "again", k->seq, k->by_timer ? "timer" : "ACKs");
      row(comparison, figure, milliseconds(k->interval), milliseconds(o->interval), fits);
    } else if (worst == NULL ||
               ABS(k->interval - o->interval) > ABS(worst->interval - worst_ours->interval)) {
      worst = k;
      worst_ours = o;
    }
  }
  if (worst != NULL) {
    g_autofree char *figure =
        g_strdup_printf("%u more after ACKs, the worst, ms", shown - SHOWN_MOST);
    row(comparison, figure, milliseconds(worst->interval), milliseconds(worst_ours->interval),
        interval_fits(worst, worst_ours));
  }
  if (same < kernel->len || same < ours->len)
    print_first_other(comparison, same, kernel, ours);
}

static bool
near(guint64 a, guint64 b)
{
  return MAX(a, b) - MIN(a, b) <= WINDOW_TOLERANCE;
}

/* After a time-out, when and how much new data leaves is a matter of where the repairs end. */
static void
compare_new_data(Comparison *comparison, const RunLog *kernel, const RunLog *ours)
{
  g_autoptr(GArray) repairs = reference_repairs(kernel, "client");
  if (repairs->len == 0 || repair_at(repairs, 0)->by_timer)
    return;
  ReferenceNewData theirs = reference_new_data(kernel, "client", SOON);
  ReferenceNewData mine = reference_new_data(ours, "client", SOON);
  row(comparison, "new segments within 50 ms of the first", theirs.soon, mine.soon,
      near(theirs.soon, mine.soon));
  row(comparison, "new segments during recovery", theirs.all, mine.all, near(theirs.all, mine.all));
}

/* -- the windows -- */

/* The first sample in recovery, and the first behind the last one. */
typedef struct Episode {
  const ReferenceSample *cut, *end; /* NULL: there is none */
} Episode;

static Episode
episode(const GArray *samples)
{
  Episode episode = {NULL, NULL};
  for (guint i = 0; i < samples->len; i++) {
    const ReferenceSample *sample = &g_array_index(samples, ReferenceSample, i);
    if (sample->recovering) {
      episode.end = NULL;
      if (episode.cut == NULL)
        episode.cut = sample;
    } else if (episode.cut != NULL && episode.end == NULL) {
      episode.end = sample;
    }
  }
  return episode;
}

/* The first sample with so much acknowledged. */
static const ReferenceSample *
sample_at(const GArray *samples, guint64 acked)
{
  for (guint i = 0; i < samples->len; i++) {
    const ReferenceSample *sample = &g_array_index(samples, ReferenceSample, i);
    if (sample->acked >= acked)
      return sample;
  }
  return NULL;
}

static void
compare_cut(Comparison *comparison, const GArray *kernel, const GArray *ours)
{
  Episode theirs = episode(kernel), mine = episode(ours);
  bool both = theirs.cut != NULL && mine.cut != NULL && theirs.end != NULL && mine.end != NULL;
  g_assert_nonnull(theirs.end);
  if (!both) {
    g_test_message("%-42s recovery is not entered, or not left !", comparison->name);
    comparison->holds = false;
    return;
  }
  row(comparison, "ssthresh after the cut, segments", theirs.cut->ssthresh, mine.cut->ssthresh,
      near(theirs.cut->ssthresh, mine.cut->ssthresh));
  row(comparison, "cwnd at the end of recovery, segments", theirs.end->cwnd, mine.end->cwnd,
      near(theirs.end->cwnd, mine.end->cwnd));
}

static void
compare_no_cut(Comparison *comparison, const GArray *kernel, const GArray *ours, guint64 acked)
{
  const ReferenceSample *theirs = sample_at(kernel, acked);
  const ReferenceSample *mine = theirs != NULL ? sample_at(ours, theirs->acked) : NULL;
  g_assert_nonnull(theirs);
  g_assert_null(episode(kernel).cut);
  row(comparison, "times in recovery", 0, episode(ours).cut != NULL, episode(ours).cut == NULL);
  if (mine == NULL) {
    comparison->holds = false;
    return;
  }
  row(comparison, "ssthresh afterwards (0: none)", theirs->ssthresh, mine->ssthresh,
      theirs->ssthresh == mine->ssthresh);
  row(comparison, "cwnd afterwards, segments", theirs->cwnd, mine->cwnd,
      near(theirs->cwnd, mine->cwnd));
}

/* -- a case -- */

static GArray *
kernel_samples(const Subject *subject)
{
  g_autofree char *path = reference_path("linux-6.18/recovery", subject->name, ".tcp_info.csv");
  GError *error = NULL;
  GArray *samples = reference_samples_kernel(path, &error);
  g_assert_no_error(error);
  return samples;
}

static RunLog *
kernel_log(const Subject *subject)
{
  g_autofree char *path = reference_path("linux-6.18/recovery", subject->name, ".packets.csv");
  GError *error = NULL;
  RunLog *log = reference_csv_read(path, &error);
  g_assert_no_error(error);
  return log;
}

/* True when all of it agrees. */
static bool
compare(const Subject *subject)
{
  g_autofree char *scenario = reference_path("recovery", subject->recovery->name, ".lua");
  g_autofree char *cc = g_strconcat("cc=", subject->cc, NULL);
  const char *const arguments[] = {"-p", cc, NULL};
  g_autoptr(ReferenceRun) run = reference_run(scenario, arguments);
  if (!run->ran) {
    g_test_message("%s", run->complaints);
    return false;
  }
  GError *error = NULL;
  g_autoptr(RunLog) log = run_log_read(run->out, &error), measured = kernel_log(subject);
  g_assert_no_error(error);
  g_autoptr(GArray) ours = reference_samples_ours(run->out, "client", SEGMENT, &error);
  g_assert_no_error(error);
  g_autoptr(GArray) kernel = kernel_samples(subject);
  g_autoptr(GArray) repairs = reference_repairs(measured, "client");
  g_autoptr(GArray) our_repairs = reference_repairs(log, "client");
  Comparison comparison = {.name = subject->name, .holds = true};
  print_header();
  compare_repairs(&comparison, repairs, our_repairs);
  compare_new_data(&comparison, measured, log);
  if (subject->recovery->acked > 0)
    compare_no_cut(&comparison, kernel, ours, subject->recovery->acked);
  else
    compare_cut(&comparison, kernel, ours);
  return comparison.holds;
}

/* NULL: it is to agree. */
static const char *
why_not_yet(const Subject *subject)
{
  for (size_t i = 0; not_yet[i].what != NULL; i++) {
    const char *what = not_yet[i].what;
    if (strcmp(what, subject->name) == 0 || strcmp(what, subject->recovery->name) == 0 ||
        (what[0] == '.' && strcmp(what + 1, subject->cc) == 0))
      return not_yet[i].reason;
  }
  return NULL;
}

static void
test_case(gconstpointer data)
{
  const Subject *subject = data;
  const char *reason = why_not_yet(subject);
  bool holds = compare(subject);
  if (reason == NULL) {
    g_assert_true(holds);
  } else if (holds) {
    g_test_message("%s agrees: take it off the list not_yet[]", subject->name);
    g_test_fail();
  } else {
    g_test_skip(reason);
  }
}

static void
subject_free(void *data)
{
  Subject *subject = data;
  g_free(subject->name);
  g_free(subject);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
    for (size_t k = 0; k < G_N_ELEMENTS(ccs); k++) {
      Subject *subject = g_new(Subject, 1);
      *subject = (Subject){.recovery = &cases[i], .cc = ccs[k]};
      subject->name = g_strdup_printf("%s.%s", cases[i].name, ccs[k]);
      g_autofree char *path = g_strdup_printf("/reference/recovery/%s/%s", cases[i].name, ccs[k]);
      g_test_add_data_func_full(path, subject, test_case, subject_free);
    }
  g_test_set_nonfatal_assertions();
  return g_test_run();
}
