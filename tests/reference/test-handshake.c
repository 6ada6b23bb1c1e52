/* The handshake traces that were measured on Linux 6.18, against the same scenarios simulated.
 *
 * Each case runs CASE.lua with the program and compares every packet that was sent with
 * linux-6.18/handshake/CASE.csv: order, flags, relative seq and ack, length, kinds of options, and
 * the interval from what caused it:
 *   a packet that left within 1 ms of an arrival was caused by it: within 0.2 ms;
 *   a kernel timer fires late, never early: nominal <= measured < nominal + 4 ms + step, where
 *   nominal is our interval and step the granularity of the kernel's timer wheel;
 *   what the application does (connect, send, close, abort): within 10 ms.
 * Windows are not compared: the measured kernel had a window scale of 10. On the way, the captures
 * that each run leaves are held against its timeline.
 *
 * The environment says where the program is (ROUNDTRIP) and where the cases are (REFERENCE). */
#include <string.h>

#include "plots/diff.h"
#include "tests/reference/reference-csv.h"
#include "tests/reference/reference-run.h"

#define PACKET_TOLERANCE (200 * SIM_MICROSECOND)
#define APPLICATION_TOLERANCE (10 * SIM_MILLISECOND)

typedef struct Case {
  const char *name;
  /* Another order that is right too: the measured trace without these packets ("s2c SYNACK 2"),
   * which one timer fires or not. NULL: there is none. */
  const char *const *without;
} Case;

/* The second SYN nominally arrives at the very moment the server's timer is due. When the SYN is
 * first, its answer sets the timer anew: one SYN+ACK less, and one ACK less that answers it. */
static const char *const synack_without[] = {"server SYN+ACK 2", "client ACK 1", NULL};

static const Case cases[] = {
    {.name = "clean"},
    {.name = "syn-1-lost"},
    {.name = "syn-1-to-3-lost"},
    {.name = "synack-1-lost", .without = synack_without},
    {.name = "third-ack-lost-both-silent"},
    {.name = "third-ack-lost-client-sends"},
    {.name = "every-syn-lost"},
    {.name = "every-syn-lost-no-linear"},
    {.name = "closed-port"},
    {.name = "abort"},
    {.name = "close"},
    {.name = "simultaneous-close"},
    {.name = "simultaneous-open"},
    {.name = "last-ack-lost"},
    {.name = "fin-1-lost"},
    {.name = "nagle-write-write-read"},
    {.name = "fast-open"},
};

/* -- how much later a packet may be -- */

/* Opening, sending new data, closing and aborting are the application's doing, unless they follow
 * an arrival at once. A FIN follows one after the application has seen it: always its doing. */
static bool
is_application(const DiffInterval *interval)
{
  if (strcmp(interval->class, "FIN") == 0)
    return interval->nth == 1;
  if (interval->packet_driven)
    return false;
  return strcmp(interval->class, "DATA") == 0 || strcmp(interval->class, "RST") == 0 ||
         (strcmp(interval->class, "SYN") == 0 && interval->nth == 1);
}

/* The link that was measured on was a program, once scheduled late: closed-port's SYN. */
static bool
late_on_the_link(const DiffInterval *interval)
{
  bool to_closed_port = g_str_has_suffix(interval->row_a->dst, ":81");
  return to_closed_port && interval->a - interval->b < 2 * SIM_MILLISECOND;
}

/* A is measured, B is ours. */
static bool
fits(const DiffInterval *interval, void *data)
{
  SimTime late = interval->a - interval->b;
  if (interval->transit) /* the measured link's delay, as exact as what it drives */
    return ABS(late) <= PACKET_TOLERANCE || late_on_the_link(interval);
  if (is_application(interval))
    return ABS(late) <= APPLICATION_TOLERANCE;
  if (interval->packet_driven)
    return ABS(late) <= PACKET_TOLERANCE;
  return late >= 0 && late < reference_lateness(interval->b);
}

/* -- running and comparing -- */

/* Prints the first difference; true when there is none. */
static bool
compare(const RunLog *measured, const RunLog *ours, const DiffOptions *options)
{
  GError *error = NULL;
  g_autoptr(DiffResult) result = diff_runs(measured, ours, options, &error);
  g_assert_no_error(error);
  g_test_message("%s", result->sentence);
  g_auto(GStrv) lines = g_strsplit(result->ladders, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    g_test_message("%s", *line);
  return result->equal;
}

/* Did the node send or receive anything? */
static bool
saw_packets(const RunLog *log, const char *node)
{
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if ((row->event == RUN_SEND || row->event == RUN_RECEIVE) && row->node == node)
      return true;
  }
  return false;
}

/* The captures of a run say what its timeline says, to their nanosecond and to the window. */
static void
check_captures(const RunLog *log, const char *out)
{
  DiffOptions options = diff_options();
  options.tolerance = SIM_NANOSECOND;
  options.window = true;
  options.name_a = "timeline";
  options.name_b = "capture";
  for (guint i = 0; i < log->nodes->len; i++) {
    g_autofree char *file = g_strconcat((const char *)log->nodes->pdata[i], ".pcapng", NULL);
    g_autofree char *path = g_build_filename(out, "pcap", file, NULL);
    GError *error = NULL;
    g_autoptr(RunLog) capture = run_log_read(path, &error);
    g_assert_no_error(error);
    if (capture != NULL && saw_packets(log, log->nodes->pdata[i]))
      g_assert_true(compare(log, capture, &options));
    else if (capture != NULL)
      g_assert_cmpuint(capture->rows->len, ==, 0);
  }
}

/* Runs a case; the rows of its timeline. NULL, and the test has failed, when it cannot be run. */
static RunLog *
simulate(const char *name)
{
  g_autofree char *scenario = reference_path(".", name, ".lua");
  g_autoptr(ReferenceRun) run = reference_run(scenario, NULL);
  g_autoptr(GError) error = NULL;
  RunLog *log = run->ran ? run_log_read(run->out, &error) : NULL;
  if (log == NULL) {
    g_test_message("%s%s", run->complaints, error != NULL ? error->message : "");
    g_test_fail();
  } else {
    check_captures(log, run->out);
  }
  return log;
}

static RunLog *
read_measured(const char *name)
{
  GError *error = NULL;
  g_autofree char *path = reference_path("linux-6.18/handshake", name, ".csv");
  RunLog *log = reference_csv_read(path, &error);
  g_assert_no_error(error);
  return log;
}

static DiffOptions
reference_options(void)
{
  DiffOptions options = diff_options();
  options.name_a = "Linux";
  options.name_b = "roundtrip";
  options.fits = fits;
  return options;
}

/* A copy of the rows of `log` that `keep` wants and may change. */
static RunLog *
filter(const RunLog *log, bool (*keep)(RunRow *row, void *data), void *data)
{
  RunLog *kept = run_log_new(log->path);
  for (guint i = 0; i < log->rows->len; i++) {
    RunRow row = g_array_index(log->rows, RunRow, i);
    if (keep(&row, data))
      run_log_add(kept, &row);
  }
  return kept;
}

/* -- the cases that are compared whole -- */

typedef struct Without {
  const char *const *packets; /* "server SYN+ACK 2": sender, flags, which */
  GHashTable *seen;           /* "server SYN+ACK" -> times sent so far */
  GHashTable *dropped;        /* numbers of the packets left out */
} Without;

static bool
keep_others(RunRow *row, void *data)
{
  Without *without = data;
  gpointer number = GSIZE_TO_POINTER((gsize)row->packet);
  if (row->event == RUN_SEND) {
    char *kind = g_strdup_printf("%s %s", row->node, row->flags);
    guint nth = GPOINTER_TO_UINT(g_hash_table_lookup(without->seen, kind)) + 1;
    g_autofree char *name = g_strdup_printf("%s %u", kind, nth);
    g_hash_table_insert(without->seen, kind, GUINT_TO_POINTER(nth));
    if (g_strv_contains(without->packets, name))
      g_hash_table_add(without->dropped, number);
  }
  return !g_hash_table_contains(without->dropped, number);
}

static void
test_case(gconstpointer data)
{
  const Case *subject = data;
  g_autoptr(RunLog) measured = read_measured(subject->name), ours = simulate(subject->name);
  if (ours == NULL)
    return;
  DiffOptions options = reference_options();
  bool equal = compare(measured, ours, &options);
  if (!equal && subject->without != NULL) {
    Without without = {subject->without,
                       g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                       g_hash_table_new(NULL, NULL)};
    g_autoptr(RunLog) other = filter(measured, keep_others, &without);
    g_test_message("in the other order:");
    equal = compare(other, ours, &options);
    for (guint i = 0; subject->without[i] != NULL; i++)
      g_assert_cmpuint(g_hash_table_size(without.dropped), >, i);
    g_hash_table_unref(without.seen);
    g_hash_table_unref(without.dropped);
  }
  g_assert_true(equal);
}

/* -- the zero window -- */

/* What the server can store, and so the last byte sent before the window closes. */
#define STORED 20272
#define BYTES 60000

/* How many ACKs the server sends while data flows, and how full its window is after them, depends
 * on details of Linux's receive buffer (its memory for headers, the quick-ACK budget made of it);
 * so does where data is pushed. Kept are all packets of the client up to the closed window, its
 * probes, and those of the server that say how all of it was stored; PSH is taken off. */
static bool
keep_probing(RunRow *row, void *data)
{
  bool from_client = g_str_has_suffix(row->dst, ":80");
  if (row->event != RUN_SEND && row->event != RUN_RECEIVE && row->event != RUN_DROP)
    return false;
  if (strcmp(row->flags, "PSH+ACK") == 0)
    row->flags = "ACK";
  if (from_client)
    return row->seq <= STORED;
  return row->ack <= 1 || row->ack == STORED + 1;
}

/* Without the ACKs between, new data is timed from the data before it. ACKs are timed where an
 * arrival caused them. Not compared: when the ACK of the last byte stored leaves (a matter of the
 * quick-ACK budget), the intervals of the probes (they follow from the RTO, into which those ACKs
 * go), which have a test of their own, and that of the window update: the application reads at its
 * own time, however late the probes before it were. */
static bool
fits_probing(const DiffInterval *interval, void *data)
{
  if (strcmp(interval->class, "ACK") == 0 && !interval->packet_driven)
    return true;
  return fits(interval, data);
}

static void
test_zero_window(void)
{
  g_autoptr(RunLog) measured = read_measured("zero-window"), ours = simulate("zero-window");
  if (ours == NULL)
    return;
  g_autoptr(RunLog) measured_probing = filter(measured, keep_probing, NULL);
  g_autoptr(RunLog) ours_probing = filter(ours, keep_probing, NULL);
  DiffOptions options = reference_options();
  options.fits = fits_probing;
  g_assert_true(compare(measured_probing, ours_probing, &options));
}

/* The waits before each probe, from the arrival of the ACK before it. */
static GArray *
probe_waits(const RunLog *log)
{
  GArray *waits = g_array_new(FALSE, FALSE, sizeof(SimTime));
  SimTime arrived = 0;
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (row->event == RUN_RECEIVE && strcmp(row->node, "client") == 0)
      arrived = row->time;
    if (row->event != RUN_SEND || strcmp(row->node, "client") != 0 || row->seq != STORED ||
        row->len != 0)
      continue;
    SimTime wait = row->time - arrived;
    g_array_append_val(waits, wait);
  }
  return waits;
}

/* Probes come after an RTO, then after twice as long each time: ours exactly, Linux's as late as
 * its timers are. */
static void
test_probes_double(void)
{
  g_autoptr(RunLog) measured = read_measured("zero-window"), ours = simulate("zero-window");
  if (ours == NULL)
    return;
  g_autoptr(GArray) waits = probe_waits(ours), measured_waits = probe_waits(measured);
  g_assert_cmpuint(waits->len, ==, measured_waits->len);
  g_assert_cmpuint(waits->len, ==, 4);
  if (waits->len != 4 || measured_waits->len != 4)
    return;
  SimTime first = g_array_index(waits, SimTime, 0);
  SimTime measured_first = g_array_index(measured_waits, SimTime, 0);
  g_assert_cmpint(measured_first, >=, first);
  g_assert_cmpint(measured_first, <, first + reference_lateness(first));
  for (guint i = 1; i < waits->len; i++) {
    SimTime wait = g_array_index(measured_waits, SimTime, i);
    g_assert_cmpint(g_array_index(waits, SimTime, i), ==, first << i);
    /* The RTO that Linux began with lies between its first wait and the lateness before it. */
    SimTime least = (measured_first - reference_lateness(measured_first)) << i;
    g_assert_cmpint(wait, >, least);
    g_assert_cmpint(wait, <, (measured_first << i) + reference_lateness(measured_first << i));
  }
}

static gint64
last_ack(const RunLog *log)
{
  gint64 ack = 0;
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if (row->event == RUN_SEND && strcmp(row->node, "server") == 0)
      ack = row->ack;
  }
  return ack;
}

static void
test_zero_window_delivers(void)
{
  g_autoptr(RunLog) measured = read_measured("zero-window"), ours = simulate("zero-window");
  if (ours == NULL)
    return;
  g_assert_cmpint(last_ack(measured), ==, BYTES + 1);
  g_assert_cmpint(last_ack(ours), ==, BYTES + 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *path = g_strconcat("/reference/handshake/", cases[i].name, NULL);
    g_test_add_data_func(path, &cases[i], test_case);
  }
  g_test_add_func("/reference/handshake/zero-window", test_zero_window);
  g_test_add_func("/reference/handshake/zero-window/probes-double", test_probes_double);
  g_test_add_func("/reference/handshake/zero-window/everything-arrives", test_zero_window_delivers);
  g_test_set_nonfatal_assertions();
  return g_test_run();
}
