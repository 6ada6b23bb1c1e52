/* test-readback-counted: the other figures against the run's files: what is counted, and what is
 * summed up in slices of time. */
#include <math.h>
#include <string.h>

#include "tests/figures/figure-files.h"
#include "tests/figures/readback.h"
#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

#define CONN "left2:49152-right1:80" /* the one that is looked at alone; 250 kB from left2 */
#define BYTES 250000.

static char *scratch; /* owned */
static char *run;     /* owned */
static Table *timeline;

/* What a curve of bit/s in steps amounts to, in bytes. Its first row is its name. */
static double
bytes_of(const GPtrArray *curve)
{
  double bits = 0;
  for (guint i = 1; i + 1 < curve->len; i++)
    bits += block_number(curve, i, 1) * (block_number(curve, i + 1, 0) - block_number(curve, i, 0));
  return bits / 8;
}

static void
test_throughput(void)
{
  readback_plot(scratch, "throughput", "--conn", CONN);
  g_autoptr(GPtrArray) curve = readback_block(scratch, "curve-0");
  g_assert_cmpstr(block_get(curve, 0, 0), ==, CONN);
  g_assert_cmpfloat(fabs(bytes_of(curve) - BYTES), <, 10);
}

/* In order: each byte once. On the wire: every first hop of every segment. */
static void
test_goodput(void)
{
  double sent = 0;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < timeline->rows->len; i++)
    if (table_is(timeline, i, "event", "send") && table_is(timeline, i, "conn", CONN) &&
        table_is(timeline, i, "node", "left2") &&
        g_hash_table_add(seen, (gpointer)(guintptr)table_get(timeline, i, "packet")))
      sent += table_number(timeline, i, "len");
  readback_plot(scratch, "goodput", "--conn", CONN);
  g_autoptr(GPtrArray) got = readback_block(scratch, "curve-0"),
                       wire = readback_block(scratch, "curve-1");
  g_assert_cmpfloat(fabs(bytes_of(got) - BYTES), <, 10);
  g_assert_cmpfloat(fabs(bytes_of(wire) - sent), <, 10);
  g_assert_cmpfloat(sent, >, BYTES);
}

/* Of one direction every interval; drops as links.csv counts them. */
static void
test_queue(void)
{
  g_autoptr(Table) links = table_read(run, "links.csv");
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new(), drops = lines_new(),
                       dropped = lines_new();
  readback_plot(scratch, "queue", "--link", "r1>r2");
  for (guint i = 0; i < links->rows->len; i++) {
    if (!table_is(links, i, "link", "r1>r2"))
      continue;
    lines_add(expected, "%s %s", table_get(links, i, "time"), table_get(links, i, "queue_packets"));
    if (table_number(links, i, "dropped") > 0)
      lines_add(drops, "%s %s", table_get(links, i, "time"), table_get(links, i, "dropped"));
  }
  g_autoptr(GPtrArray) lane = readback_block(scratch, "lane-0"),
                       marks = readback_block(scratch, "drops");
  for (guint i = 1; i < lane->len; i++)
    lines_add(found, "%s %s", block_get(lane, i, 0), block_get(lane, i, 1));
  for (guint i = 0; i < marks->len; i++)
    lines_add(dropped, "%s %s", block_get(marks, i, 0), block_get(marks, i, 1));
  lines_assert_same("queue", expected, found);
  lines_assert_same("drops", drops, dropped);
}

/* Each step begins a bar but the one to CLOSED. */
static void
test_states(void)
{
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new();
  readback_plot(scratch, "states", NULL, NULL);
  for (guint i = 0; i < timeline->rows->len; i++) {
    const char *step = strchr(table_get(timeline, i, "state"), '>');
    if (!table_is(timeline, i, "event", "state") || step == NULL || strcmp(step, ">CLOSED") == 0)
      continue;
    const char *until = NULL;
    for (guint k = i + 1; until == NULL && k < timeline->rows->len; k++)
      if (table_is(timeline, k, "event", "state") &&
          table_is(timeline, k, "node", table_get(timeline, i, "node")) &&
          table_is(timeline, k, "conn", table_get(timeline, i, "conn")))
        until = table_get(timeline, k, "time");
    lines_add(expected, "%s %s %s", table_get(timeline, i, "time"), until, step + 1);
  }
  g_autoptr(GPtrArray) bars = readback_block(scratch, "bars");
  for (guint i = 0; i < bars->len; i++)
    lines_add(found, "%s %s %s", block_get(bars, i, 1), block_get(bars, i, 2),
              block_get(bars, i, 5));
  lines_assert_same("states", expected, found);
}

/* Each step of the timeline is counted at one edge, opener and other apart. */
static void
test_state_machine(void)
{
  static const char *const blocks[] = {"taken-opener", "taken-other"};
  readback_plot(scratch, "state-machine", NULL, NULL);
  for (guint side = 0; side < 2; side++) {
    g_autoptr(GPtrArray) expected = lines_new(), found = lines_new(),
                         edges = readback_block(scratch, blocks[side]);
    for (guint i = 0; i < timeline->rows->len; i++) {
      g_autofree char *mark = g_strconcat(table_get(timeline, i, "node"), ":", NULL);
      bool opener = g_str_has_prefix(table_get(timeline, i, "conn"), mark);
      if (table_is(timeline, i, "event", "state") && opener == (side == 0))
        lines_add(expected, "%s", table_get(timeline, i, "state"));
    }
    for (guint i = 0; i < edges->len; i++)
      for (guint k = 0; block_number(edges, i, 4) == 1 && k < block_number(edges, i, 5); k++)
        lines_add(found, "%s>%s", block_get(edges, i, 6), block_get(edges, i, 7));
    lines_assert_same(blocks[side], expected, found);
  }
}

/* How long the states lasted in all, per side, as the bars of the figure "states" have it. */
static void
test_state_machine_times(void)
{
  readback_plot(scratch, "states", NULL, NULL);
  g_autoptr(GPtrArray) bars = readback_block(scratch, "bars"),
                       names = readback_block(scratch, "names");
  readback_plot(scratch, "state-machine", NULL, NULL);
  g_autoptr(GPtrArray) opener = readback_block(scratch, "times-opener"),
                       other = readback_block(scratch, "times-other");
  for (guint side = 0; side < 2; side++) {
    const GPtrArray *times = side == 0 ? opener : other;
    g_assert_cmpuint(times->len, >, 3);
    for (guint i = 0; i < times->len; i++) {
      double sum = 0;
      if (strcmp(block_get(times, i, 5), "CLOSED") == 0)
        continue;
      for (guint k = 0; k < bars->len; k++) {
        bool first = strchr(block_get(names, (guint)block_number(bars, k, 0), 1), ':') != NULL;
        if (first == (side == 0) && strcmp(block_get(bars, k, 5), block_get(times, i, 5)) == 0)
          sum += block_number(bars, k, 2) - block_number(bars, k, 1);
      }
      g_assert_cmpfloat(fabs(sum - block_number(times, i, 4)), <, 1e-6);
    }
  }
}

/* Times from SYN-SENT to ESTABLISHED; of six connections one is refused. */
static void
test_connect_cdf(void)
{
  guint all = 0, opened = 0;
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new();
  for (guint i = 0; i < timeline->rows->len; i++) {
    if (!table_is(timeline, i, "state", "CLOSED>SYN-SENT"))
      continue;
    all++;
    for (guint k = i; k < timeline->rows->len; k++)
      if (table_is(timeline, k, "state", "SYN-SENT>ESTABLISHED") &&
          table_is(timeline, k, "conn", table_get(timeline, i, "conn"))) {
        lines_add(expected, "%.9f",
                  table_number(timeline, k, "time") - table_number(timeline, i, "time"));
        opened++;
        break;
      }
  }
  readback_plot(scratch, "connect-cdf", NULL, NULL);
  g_autoptr(GPtrArray) curve = readback_block(scratch, "curve-0");
  g_autofree char *name = g_strdup_printf("%u of %u connections", opened, all);
  g_assert_cmpstr(block_get(curve, 0, 0), ==, name);
  double before = 0;
  for (guint i = 2; i + 1 < curve->len;
       i++) { /* behind the name and 0; the last goes to the edge */
    guint more = (guint)lround((block_number(curve, i, 1) - before) * all);
    for (guint k = 0; k < more; k++)
      lines_add(found, "%.9f", block_number(curve, i, 0));
    before = block_number(curve, i, 1);
  }
  lines_assert_same("connect-cdf", expected, found);
  g_assert_cmpuint(opened + 1, ==, all);
}

static void
test_fct_cdf(void)
{
  g_autoptr(Table) flows = table_read(run, "flows.csv");
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new();
  for (guint i = 0; i < flows->rows->len; i++)
    if (table_is(flows, i, "outcome", "completed"))
      lines_add(expected, "%.9f", table_number(flows, i, "duration"));
  readback_plot(scratch, "fct-cdf", NULL, NULL);
  g_autoptr(GPtrArray) curve = readback_block(scratch, "curve-0");
  double before = 0;
  for (guint i = 2; i + 1 < curve->len; i++) {
    guint more = (guint)lround((block_number(curve, i, 1) - before) * flows->rows->len);
    for (guint k = 0; k < more; k++)
      lines_add(found, "%.9f", block_number(curve, i, 0));
    before = block_number(curve, i, 1);
  }
  lines_assert_same("fct-cdf", expected, found);
}

/* What each flow got while both were there, up to the end of the last whole slice. */
static void
test_fairness(void)
{
  g_autoptr(Table) tcp = table_read(run, "tcp.csv");
  readback_plot(scratch, "fairness", NULL, NULL);
  g_autoptr(GPtrArray) rates = readback_block(scratch, "rates");
  g_autoptr(GPtrArray) xlabel = readback_block(scratch, "xlabel"),
                       ylabel = readback_block(scratch, "ylabel");
  double slice = script_number(scratch, "x.gp", "slice");
  double from = block_number(rates, 0, 2) - slice, to = block_number(rates, rates->len - 1, 2);
  for (guint side = 0; side < 2; side++) {
    double shown = 0, before = 0, at_end = 0;
    for (guint i = 0; i < rates->len; i++)
      shown += block_number(rates, i, side) * slice / 8;
    for (guint i = 0; i < tcp->rows->len; i++) {
      if (!table_is(tcp, i, "conn", block_get(side == 0 ? xlabel : ylabel, 0, 0)) ||
          table_is(tcp, i, "node", "right1"))
        continue;
      double time = table_number(tcp, i, "time"), delivered = table_number(tcp, i, "delivered");
      before = time < from - 1e-9 ? delivered : before;
      at_end = time < to - 1e-9 ? delivered : at_end;
    }
    g_assert_cmpfloat(fabs(shown - (at_end - before)), <, 10);
  }
}

/* The busiest listener: port 80 of right1. */
static void
test_backlog(void)
{
  g_autoptr(Table) listeners = table_read(run, "listeners.csv");
  static const char *const curves[][2] = {{"syn-queue", "half_open"}, {"accept-queue", "ready"}};
  readback_plot(scratch, "backlog", NULL, NULL);
  for (guint c = 0; c < G_N_ELEMENTS(curves); c++) {
    g_autoptr(GPtrArray) rows = readback_block(scratch, curves[c][0]);
    g_assert_cmpuint(rows->len, >, 1);
    for (guint i = 0; i < rows->len; i++) {
      guint same = 0;
      for (guint k = 0; k < listeners->rows->len; k++)
        same += table_is(listeners, k, "time", block_get(rows, i, 0)) &&
                table_is(listeners, k, curves[c][1], block_get(rows, i, 1));
      g_assert_cmpuint(same, >, 0);
    }
  }
}

/* Every node and every link. */
static void
test_topology(void)
{
  g_autoptr(JsonParser) parser = gallery_json(run, "summary.json");
  JsonObject *nodes = json_object_get_object_member(gallery_object(parser), "nodes");
  JsonObject *links = json_object_get_object_member(gallery_object(parser), "links");
  readback_plot(scratch, "topology", NULL, NULL);
  g_autoptr(GPtrArray) hosts = readback_block(scratch, "hosts"),
                       routers = readback_block(scratch, "routers"),
                       lines = readback_block(scratch, "links");
  guint count = 0;
  for (guint i = 0; i < hosts->len; i++)
    count += json_object_has_member(nodes, block_get(hosts, i, 4));
  for (guint i = 0; i < routers->len; i++)
    count += json_object_has_member(nodes, block_get(routers, i, 4));
  g_assert_cmpuint(count, ==, json_object_get_size(nodes));
  g_assert_cmpuint(2 * lines->len, ==, json_object_get_size(links));
}

/* The scenario looks at its links often enough for its figure: the queue fills, drops, and empties.
 */
static void
test_queue_of_incast(void)
{
  g_autofree char *scenario = gallery_path("networks/incast");
  readback_call(scratch, (const char *const[]){"run", scenario, "-o", "incast", "--quiet", NULL});
  g_autoptr(GPtrArray) queue = block_read(scratch, "incast/figures/queue.dat", "lane-0"),
                       drops = block_read(scratch, "incast/figures/queue.dat", "drops");
  guint full = 0;
  for (guint i = 1; i < queue->len; i++)
    full += g_ascii_strtod(block_get(queue, i, 1), NULL) >= 39;
  g_assert_cmpuint(full, >, 10);
  g_assert_cmpstr(block_get(queue, queue->len - 1, 1), ==, "0");
  g_assert_cmpuint(drops->len, >, 5);
}

/* Curves over one another are those of each run alone; panels hold its figure's data. */
static void
test_compare(void)
{
  readback_plot(scratch, "throughput", "--conn", CONN);
  g_autoptr(GPtrArray) alone = readback_block(scratch, "curve-0");
  g_autofree char *cwnd = NULL, *panel = NULL;
  readback_call(scratch,
                (const char *const[]){"plot", "compare", READBACK_RUN, "second", "of=throughput",
                                      "--conn", CONN, "--script-only", "-o", "x.svg", NULL});
  g_autoptr(GPtrArray) first = readback_block(scratch, "curve-0"),
                       second = readback_block(scratch, "curve-1");
  g_assert_cmpstr(block_get(first, 0, 0), ==, READBACK_RUN);
  g_assert_cmpstr(block_get(second, 0, 0), ==, "second");
  g_assert_cmpuint(first->len, ==, alone->len);
  for (guint i = 1; i < alone->len; i++)
    for (guint k = 0; k < 2; k++)
      g_assert_cmpstr(block_get(first, i, k), ==, block_get(alone, i, k));
  readback_plot(scratch, "cwnd", "--title", READBACK_RUN);
  cwnd = folder_read(scratch, "x.dat", NULL);
  readback_call(scratch,
                (const char *const[]){"plot", "compare", READBACK_RUN, "second", "of=cwnd",
                                      "layout=panels", "--script-only", "-o", "x.svg", NULL});
  panel = folder_read(scratch, "x-0.dat", NULL);
  g_assert_cmpstr(panel, ==, cwnd);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  scratch = folder_new();
  run = g_build_filename(scratch, READBACK_RUN, NULL);
  const char *fixed = gallery_environment("FIXED");
  readback_call(scratch, (const char *const[]){"run", fixed, "-o", READBACK_RUN, "--quiet", NULL});
  readback_call(scratch, (const char *const[]){"run", fixed, "-p", "rate=3 Mbit/s", "-o", "second",
                                               "--quiet", NULL});
  timeline = table_read(run, "timeline.csv");
  g_test_add_func("/readback/throughput", test_throughput);
  g_test_add_func("/readback/goodput", test_goodput);
  g_test_add_func("/readback/queue", test_queue);
  g_test_add_func("/readback/queue-of-incast", test_queue_of_incast);
  g_test_add_func("/readback/states", test_states);
  g_test_add_func("/readback/state-machine", test_state_machine);
  g_test_add_func("/readback/state-machine-times", test_state_machine_times);
  g_test_add_func("/readback/connect-cdf", test_connect_cdf);
  g_test_add_func("/readback/fct-cdf", test_fct_cdf);
  g_test_add_func("/readback/fairness", test_fairness);
  g_test_add_func("/readback/backlog", test_backlog);
  g_test_add_func("/readback/topology", test_topology);
  g_test_add_func("/readback/compare", test_compare);
  int status = g_test_run();
  table_free(timeline);
  g_free(run);
  folder_free(scratch);
  return status;
}
