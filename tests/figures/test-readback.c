/* test-readback: the numbers in the data of each figure against the files of the run that it was
 * made from: nothing is shown that did not happen, and nothing is lost.
 *
 * Both sides become lists of lines that have to be the same. What a figure counts in slices of time
 * is compared by its sum. */
#include <math.h>
#include <string.h>

#include "tests/figures/figure-files.h"
#include "tests/figures/readback.h"
#include "tests/gallery/gallery.h"
#include "tests/unit/run-folder.h"

#define CONN "left2:49152-right1:80" /* the one that is looked at alone */

static char *scratch; /* owned */
static Table *timeline, *tcp;
static char *run; /* owned */

static bool
has_flag(guint row, const char *flag)
{
  return strstr(table_get(timeline, row, "flags"), flag) != NULL;
}

static const char *
field(guint row, const char *column)
{
  const char *text = table_get(timeline, row, column);
  return *text != '\0' ? text : "0";
}

/* -- ladder -- */

/* When the packet of a `send` row arrived at the end of that link, or was lost; "NaN": neither. */
static const char *
end_of(guint sent)
{
  for (guint i = sent + 1; i < timeline->rows->len && i < sent + 2000; i++)
    if (table_is(timeline, i, "packet", table_get(timeline, sent, "packet")) &&
        table_is(timeline, i, "link", table_get(timeline, sent, "link")) &&
        (table_is(timeline, i, "event", "receive") || table_is(timeline, i, "event", "drop")))
      return table_get(timeline, i, "time");
  return "NaN";
}

static void
test_ladder(void)
{
  const double to = 0.25;
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new();
  readback_plot(scratch, "ladder", "--to", "250ms");
  for (guint i = 0; i < timeline->rows->len && table_number(timeline, i, "time") <= to; i++)
    if (table_is(timeline, i, "event", "send"))
      lines_add(expected, "%s to %s packet %s seq %s ack %s len %s again %s %s", field(i, "time"),
                end_of(i), field(i, "packet"), field(i, "seq"), field(i, "ack"), field(i, "len"),
                field(i, "retransmit"), field(i, "flags"));
  static const char *const blocks[] = {"arrows", "again", "lost"};
  for (guint b = 0; b < G_N_ELEMENTS(blocks); b++) {
    g_autoptr(GPtrArray) rows = readback_block(scratch, blocks[b]);
    for (guint i = 0; i < rows->len; i++)
      lines_add(found, "%s to %s packet %s seq %s ack %s len %s again %s %s", block_get(rows, i, 4),
                block_get(rows, i, 5), block_get(rows, i, 6), block_get(rows, i, 7),
                block_get(rows, i, 8), block_get(rows, i, 9), block_get(rows, i, 10),
                block_get(rows, i, 11));
  }
  lines_assert_same("ladder", expected, found);
}

/* Waiting is from `send` to `transmit`; a band lasts as long as the bits at the link's rate. */
static void
test_ladder_queues_and_bands(void)
{
  readback_plot(scratch, "ladder", "--to", "250ms");
  g_autoptr(GPtrArray) queued = readback_block(scratch, "queued"),
                       bands = readback_block(scratch, "bands");
  g_autoptr(GHashTable) waits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) sizes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < timeline->rows->len && table_number(timeline, i, "time") < 1; i++) {
    if (table_is(timeline, i, "event", "send"))
      g_hash_table_insert(sizes, g_strdup(field(i, "packet")), g_strdup(field(i, "size")));
    for (guint k = i; table_is(timeline, i, "event", "transmit") && k-- > 0;)
      if (table_is(timeline, k, "event", "send") &&
          table_is(timeline, k, "packet", field(i, "packet")) &&
          table_is(timeline, k, "link", field(i, "link"))) {
        g_hash_table_add(waits, g_strdup_printf("%s %s %s", field(k, "time"), field(i, "time"),
                                                field(i, "packet")));
        break;
      }
  }
  g_assert_cmpuint(queued->len, >, 5);
  for (guint i = 0; i < queued->len; i++) {
    g_autofree char *line = g_strdup_printf("%s %s %s", block_get(queued, i, 4),
                                            block_get(queued, i, 5), block_get(queued, i, 6));
    g_assert_true(g_hash_table_contains(waits, line));
  }
  g_assert_cmpuint(bands->len, >, 20);
  for (guint i = 0; i < bands->len; i++) {
    double size = g_ascii_strtod(g_hash_table_lookup(sizes, block_get(bands, i, 3)), NULL);
    double seconds = block_number(bands, i, 2);
    g_assert_true(fabs(seconds - size * 8 / 2e6) < 1e-9 || fabs(seconds - size * 8 / 10e6) < 1e-9);
  }
}

/* -- texts -- */

typedef struct Box {
  double x, y, w, h, angle;
  const char *text;
} Box;

/* Is there a direction, of a side of `a`, along which the two are apart? */
static bool
apart(const Box *a, const Box *b)
{
  double turn = (b->angle - a->angle) * G_PI / 180, own = a->angle * G_PI / 180;
  double dx = b->x - a->x, dy = b->y - a->y;
  double along = fabs(dx * cos(own) - dy * sin(own)), across = fabs(dx * sin(own) + dy * cos(own));
  double reach = (fabs(cos(turn)) * b->w + fabs(sin(turn)) * b->h) / 2;
  double rise = (fabs(sin(turn)) * b->w + fabs(cos(turn)) * b->h) / 2;
  return along + 0.05 >= a->w / 2 + reach || across + 0.05 >= a->h / 2 + rise;
}

/* Five nodes, several connections, a full queue: no two texts of the ladder overlap at any width.
 */
static void
test_texts_apart(void)
{
  static const char *const blocks[] = {"names",       "times", "labels", "reasons",   "state-names",
                                       "timer-names", "calls", "notes",  "gap-times", "conn-names"};
  static const char *const widths[] = {"double", "slide"};
  for (guint w = 0; w < G_N_ELEMENTS(widths); w++) {
    readback_call(scratch,
                  (const char *const[]){"plot", "ladder", READBACK_RUN, "--script-only", "-o",
                                        "x.svg", "--width", widths[w], "--to", "250ms", NULL});
    g_autoptr(GArray) boxes = g_array_new(FALSE, FALSE, sizeof(Box));
    for (guint b = 0; b < G_N_ELEMENTS(blocks); b++) {
      g_autoptr(GPtrArray) rows = readback_block(scratch, blocks[b]);
      for (guint i = 0; i < rows->len; i++) {
        Box box = {block_number(rows, i, 0), block_number(rows, i, 1),
                   block_number(rows, i, 2), block_number(rows, i, 3),
                   block_number(rows, i, 4), g_intern_string(block_get(rows, i, 5))};
        if (box.w > 0)
          g_array_append_val(boxes, box);
      }
    }
    g_assert_cmpuint(boxes->len, >, 50);
    for (guint i = 0; i < boxes->len; i++)
      for (guint k = 0; k < i; k++) {
        const Box *a = &g_array_index(boxes, Box, i), *b = &g_array_index(boxes, Box, k);
        if (!apart(a, b) && !apart(b, a))
          g_error("at width %s \"%s\" and \"%s\" overlap", widths[w], a->text, b->text);
      }
  }
}

/* -- sequence numbers -- */

/* Rows of `event` of the packets of CONN that come from one side, the first of each packet. */
static GPtrArray *
segments_of(const char *kind, bool again)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  GPtrArray *lines = lines_new();
  for (guint i = 0; i < timeline->rows->len; i++) {
    long length = strtol(field(i, "len"), NULL, 10) + has_flag(i, "SYN") + has_flag(i, "FIN");
    if (!table_is(timeline, i, "event", "send") || !table_is(timeline, i, "conn", CONN) ||
        !g_str_has_prefix(field(i, "src"), "10.0.") || !table_is(timeline, i, "proto", "TCP") ||
        strcmp(field(i, "node"), kind) != 0 || length == 0 ||
        !g_hash_table_add(seen, (gpointer)(guintptr)field(i, "packet")))
      continue;
    if ((strcmp(field(i, "retransmit"), "0") != 0) == again)
      lines_add(lines, "%s %s %ld %s", field(i, "time"), field(i, "seq"), length,
                field(i, "retransmit"));
  }
  return lines;
}

static void
compare_segments(const char *what)
{
  for (int again = 0; again < 2; again++) {
    g_autoptr(GPtrArray) expected = segments_of("left2", again), found = lines_new();
    g_autoptr(GPtrArray) rows = readback_block(scratch, again ? "again" : "segments");
    for (guint i = 0; i < rows->len; i++)
      lines_add(found, "%s %s %s %s", block_get(rows, i, 0), block_get(rows, i, 1),
                block_get(rows, i, 2), block_get(rows, i, 3));
    lines_assert_same(what, expected, found);
  }
}

/* ACKs as they come in; a later one that says less takes nothing back. */
static void
compare_acks(const char *what)
{
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new(),
                       rows = readback_block(scratch, "acks");
  long most = 0;
  for (guint i = 0; i < timeline->rows->len; i++)
    if (table_is(timeline, i, "event", "receive") && table_is(timeline, i, "conn", CONN) &&
        table_is(timeline, i, "node", "left2") && *table_get(timeline, i, "ack") != '\0') {
      long ack = strtol(field(i, "ack"), NULL, 10), window = strtol(field(i, "win"), NULL, 10);
      most = MAX(most, ack);
      lines_add(expected, "%s %ld %ld", field(i, "time"), most, ack + window);
    }
  for (guint i = 0; i < rows->len; i++)
    lines_add(found, "%s %s %s", block_get(rows, i, 0), block_get(rows, i, 1),
              block_get(rows, i, 2));
  lines_assert_same(what, expected, found);
}

static void
test_time_sequence(void)
{
  readback_plot(scratch, "time-sequence", "--conn", CONN);
  compare_segments("time-sequence");
  compare_acks("time-sequence");
}

static void
test_tcptrace(void)
{
  readback_plot(scratch, "tcptrace", "--conn", CONN);
  compare_segments("tcptrace");
  compare_acks("tcptrace");
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new();
  for (guint i = 0; i < timeline->rows->len; i++) {
    const char *sack = strstr(table_get(timeline, i, "options"), "sack=");
    if (sack == NULL || !table_is(timeline, i, "event", "receive") ||
        !table_is(timeline, i, "conn", CONN) || !table_is(timeline, i, "node", "left2"))
      continue;
    g_autofree char *text = g_strndup(sack + 5, strcspn(sack + 5, " "));
    g_auto(GStrv) blocks = g_strsplit(text, ",", -1);
    for (char **at = blocks; *at != NULL; at++)
      lines_add(expected, "%s %s", field(i, "time"), *at);
  }
  static const char *const kinds[] = {"sacks", "dsacks"};
  for (guint k = 0; k < 2; k++) {
    g_autoptr(GPtrArray) rows = readback_block(scratch, kinds[k]);
    for (guint i = 0; i < rows->len; i++)
      lines_add(found, "%s %s-%s", block_get(rows, i, 0), block_get(rows, i, 1),
                block_get(rows, i, 2));
  }
  lines_assert_same("blocks of SACK", expected, found);
}

/* By its cause, as the timeline has it. */
static void
test_causes(void)
{
  static const char *const causes[][3] = {
      {"RTO"}, {"fast retransmit", "partial ACK"}, {"SACK"}, {"RACK"}, {"tail loss probe"}};
  readback_plot(scratch, "tcptrace", "--conn", CONN);
  guint all = 0;
  for (guint c = 0; c < G_N_ELEMENTS(causes); c++) {
    guint count = 0;
    for (guint i = 0; i < timeline->rows->len; i++)
      for (guint k = 0; k < 3 && causes[c][k] != NULL; k++)
        count += table_is(timeline, i, "event", "send") && table_is(timeline, i, "node", "left2") &&
                 table_is(timeline, i, "conn", CONN) && strcmp(field(i, "retransmit"), "0") != 0 &&
                 strcmp(field(i, "detail"), causes[c][k]) == 0;
    g_autofree char *name = g_strdup_printf("cause_%u", c);
    g_assert_cmpfloat(script_number(scratch, "x.gp", name), ==, count);
    all += count;
  }
  g_assert_cmpuint(all, >, 3);
}

/* -- tcp.csv -- */

/* Every row of one end: time and one number. The last one may be missing when nothing changed. */
static void
compare_curve(const char *name, const char *column, bool empty_is_nan)
{
  g_autoptr(GPtrArray) expected = lines_new(), found = lines_new(),
                       rows = readback_block(scratch, name);
  for (guint i = 0; i < tcp->rows->len; i++) {
    double value = table_number(tcp, i, column);
    bool none = *table_get(tcp, i, column) == '\0' || (empty_is_nan && value == 0);
    if (!table_is(tcp, i, "conn", CONN) || !table_is(tcp, i, "node", "left2"))
      continue;
    if (none)
      lines_add(expected, "%s NaN", table_get(tcp, i, "time"));
    else
      lines_add(expected, "%s %.5f", table_get(tcp, i, "time"), value);
  }
  guint first = rows->len > 0 && g_strv_length(rows->pdata[0]) < 2 ? 1 : 0; /* a curve's name */
  for (guint i = first; i < rows->len; i++)
    if (strcmp(block_get(rows, i, 1), "NaN") == 0)
      lines_add(found, "%s NaN", block_get(rows, i, 0));
    else
      lines_add(found, "%s %.5f", block_get(rows, i, 0), block_number(rows, i, 1));
  if (found->len + 1 == expected->len)
    g_ptr_array_set_size(expected, (gint)found->len); /* the silent end */
  lines_assert_same(name, expected, found);
}

static void
test_cwnd(void)
{
  readback_plot(scratch, "cwnd", "--conn", CONN);
  compare_curve("cwnd", "cwnd", false);
  compare_curve("ssthresh", "ssthresh", false);
  compare_curve("flight", "flight", false);
}

/* A measurement is from a first transmission to an ACK. */
static void
test_rtt(void)
{
  readback_plot(scratch, "rtt", "--conn", CONN);
  compare_curve("curve-0", "srtt", true);
  compare_curve("curve-1", "rto", true);
  g_autoptr(GPtrArray) samples = readback_block(scratch, "samples");
  g_assert_cmpuint(samples->len, >, 50);
  for (guint i = 0; i < samples->len; i++) {
    double time = block_number(samples, i, 0), sent = time - block_number(samples, i, 1);
    guint acks = 0, sends = 0;
    for (guint k = 0; k < timeline->rows->len; k++) {
      double at = table_number(timeline, k, "time");
      if (at < sent - 1e-9)
        continue;
      if (at > time + 1e-9)
        break;
      bool own = table_is(timeline, k, "conn", CONN) && table_is(timeline, k, "node", "left2");
      acks += own && table_is(timeline, k, "event", "receive") && fabs(at - time) < 1e-9;
      sends += own && table_is(timeline, k, "event", "send") && fabs(at - sent) < 1e-9 &&
               strcmp(field(k, "retransmit"), "0") == 0;
    }
    g_assert_cmpuint(acks, >, 0);
    g_assert_cmpuint(sends, >, 0);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  scratch = folder_new();
  run = g_build_filename(scratch, READBACK_RUN, NULL);
  readback_call(scratch, (const char *const[]){"run", gallery_environment("FIXED"), "-o",
                                               READBACK_RUN, "--quiet", NULL});
  timeline = table_read(run, "timeline.csv");
  tcp = table_read(run, "tcp.csv");
  g_test_add_func("/readback/ladder", test_ladder);
  g_test_add_func("/readback/ladder-queues-and-bands", test_ladder_queues_and_bands);
  g_test_add_func("/readback/ladder-texts-apart", test_texts_apart);
  g_test_add_func("/readback/time-sequence", test_time_sequence);
  g_test_add_func("/readback/tcptrace", test_tcptrace);
  g_test_add_func("/readback/tcptrace-causes", test_causes);
  g_test_add_func("/readback/cwnd", test_cwnd);
  g_test_add_func("/readback/rtt", test_rtt);
  int status = g_test_run();
  table_free(timeline);
  table_free(tcp);
  g_free(run);
  folder_free(scratch);
  return status;
}
