/* The gallery's captures, read by somebody else: Wireshark.
 *
 * Each scenario is run with whole payloads captured, since the checksum of a cut packet is not
 * verified. No packet may be malformed or have a bad checksum, the packets are the timeline's, one
 * by one, and in the sender's capture the segments that tshark calls a retransmission, fast or
 * spurious retransmission or out of order are exactly the timeline's retransmissions; keep-alives
 * and window probes aside, which repeat a byte without being meant as one. */
#include <stdlib.h>
#include <string.h>

#include "plots/run-log.h"
#include "tests/gallery/gallery.h"
#include "tests/gallery/sharkd.h"
#include "tests/unit/run-folder.h"

/* The columns asked for, in the order of `fields` below. */
enum {
  TIME,
  SEQ,
  LENGTH,
  IP_SUM,
  TCP_SUM,
  UDP_SUM,
  ICMP_SUM,
  ICMPV6_SUM,
  MALFORMED,
  RETRANSMISSION,
  FAST,
  SPURIOUS,
  OUT_OF_ORDER,
  KEEP_ALIVE,
  WINDOW_PROBE,
  COLUMNS
};

static const char *const fields[COLUMNS + 1] = {
    [TIME] = "frame.time_epoch",
    [SEQ] = "tcp.seq_raw",
    [LENGTH] = "tcp.len",
    [IP_SUM] = "ip.checksum.status",
    [TCP_SUM] = "tcp.checksum.status",
    [UDP_SUM] = "udp.checksum.status",
    [ICMP_SUM] = "icmp.checksum.status",
    [ICMPV6_SUM] = "icmpv6.checksum.status",
    [MALFORMED] = "_ws.malformed",
    [RETRANSMISSION] = "tcp.analysis.retransmission",
    [FAST] = "tcp.analysis.fast_retransmission",
    [SPURIOUS] = "tcp.analysis.spurious_retransmission",
    [OUT_OF_ORDER] = "tcp.analysis.out_of_order",
    [KEEP_ALIVE] = "tcp.analysis.keep_alive",
    [WINDOW_PROBE] = "tcp.analysis.zero_window_probe",
};

typedef SharkdFrame Frame;

/* A scenario, and who reads its captures. */
typedef struct Subject {
  const char *name; /* borrowed */
  Sharkd *sharkd;   /* borrowed */
} Subject;

/* -- running -- */

/* Runs a scenario with whole payloads captured, into FOLDER/out. False, and the test has failed,
 * when it does not run. The request stands before the first line: numbers of lines stay. */
static bool
run_whole(const char *folder, const char *name)
{
  g_autofree char *text = gallery_text(name);
  g_autofree char *whole = g_strconcat("trace { snaplen = \"full\" } ", text, NULL);
  g_autofree char *scenario = g_build_filename(folder, "whole.lua", NULL);
  g_autofree char *left = g_build_filename(folder, "out", NULL);
  folder_put(folder, "whole.lua", whole);
  const char *const arguments[] = {"run", scenario, "-o", left, "--quiet", "--no-figures", NULL};
  g_auto(GalleryRun) run = gallery_run(NULL, arguments);
  gallery_assert_ran(&run, 0);
  return run.status == 0;
}

/* -- comparing -- */

static bool
is_good(const char *sum)
{
  return g_str_equal(sum, "1") || g_str_equal(sum, "Good");
}

/* A scenario may have a packet damaged on the wire: then its receiver sees a bad checksum, and says
 * so in the row behind. */
static bool
is_damaged(const RunLog *log, guint index)
{
  const RunRow *row = &g_array_index(log->rows, RunRow, index);
  const RunRow *next = row + 1;
  return row->event == RUN_RECEIVE && index + 1 < log->rows->len && next->event == RUN_DROP &&
         next->packet == row->packet && g_str_equal(next->detail, "checksum");
}

static bool
is_ipv6(const RunRow *row)
{
  const char *colon = strchr(row->src, ':'); /* "[fd00::1]:80", "fd00::1"; "10.0.0.1:80" */
  return colon != NULL && strchr(colon + 1, ':') != NULL;
}

/* The column with the checksum of the packet's own protocol; what an ICMP error quotes has others.
 */
static guint
sum_of(const RunRow *row)
{
  if (g_str_equal(row->proto, "ICMP"))
    return is_ipv6(row) ? ICMPV6_SUM : ICMP_SUM;
  return g_str_equal(row->proto, "UDP") ? UDP_SUM : TCP_SUM;
}

static bool
is_fragment(const RunRow *row)
{
  return g_str_equal(row->flags, "fragment");
}

static void
check_well_formed(const Frame *frame, const RunRow *row, bool damaged)
{
  char **column = frame->column;
  if (*column[MALFORMED] == '\0' && (is_ipv6(row) || is_good(column[IP_SUM])) &&
      (is_fragment(row) || is_good(column[sum_of(row)]) == !damaged))
    return;
  g_test_message("frame at %s: IP checksum status \"%s\", %s checksum status \"%s\"%s",
                 column[TIME], column[IP_SUM], row->proto, column[sum_of(row)],
                 *column[MALFORMED] != '\0' ? ", malformed" : "");
  g_test_fail();
}

/* "0.226272000": seconds with nine digits behind the point. */
static SimTime
parse_time(const char *text)
{
  char *point, *end;
  gint64 whole = g_ascii_strtoll(text, &point, 10);
  g_assert_cmpint(*point, ==, '.');
  gint64 nanoseconds = g_ascii_strtoll(point + 1, &end, 10);
  g_assert_cmpint(end - point, ==, 10);
  return whole * SIM_SECOND + nanoseconds * SIM_NANOSECOND;
}

/* The frame is the packet of this row: the same numbers, and the same time to the nanosecond. */
static void
check_same(const Frame *frame, const RunRow *row)
{
  char **column = frame->column;
  g_assert_cmpint(ABS(parse_time(column[TIME]) - row->time), <, SIM_NANOSECOND);
  if (!g_str_equal(row->proto, "TCP"))
    return;
  g_assert_cmpuint(g_ascii_strtoull(column[SEQ], NULL, 10), ==, row->seq_raw);
  g_assert_cmpuint(g_ascii_strtoull(column[LENGTH], NULL, 10), ==, row->len);
}

static bool
is_probe(const RunRow *row)
{
  return g_str_equal(row->detail, "window probe") || g_str_equal(row->detail, "keepalive");
}

/* What tshark calls it; NULL: new. */
static const char *
flag_of(const Frame *frame)
{
  if (*frame->column[KEEP_ALIVE] != '\0' || *frame->column[WINDOW_PROBE] != '\0')
    return NULL;
  for (guint i = RETRANSMISSION; i <= OUT_OF_ORDER; i++)
    if (*frame->column[i] != '\0')
      return fields[i];
  return NULL;
}

/* 1 when it was sent again according to both. */
static guint
check_retransmission(const Frame *frame, const RunRow *row)
{
  bool again = row->retransmit > 0 && !is_probe(row);
  const char *flag = flag_of(frame);
  if (again != (flag != NULL)) {
    g_test_message("%s sends %s, byte %" G_GINT64_FORMAT ", length %u at %s: tshark says %s, the "
                   "timeline retransmit %u %s",
                   row->node, row->flags, row->seq, row->len, frame->column[TIME],
                   flag != NULL ? flag : "new", row->retransmit, row->detail);
    g_test_fail();
  }
  return again;
}

/* A router has every segment twice, as it comes and as it goes: what tshark makes of that behind a
 * loss is its own affair. */
static bool
is_end(const RunRow *row, const char *node)
{
  g_autofree char *opener = g_strdup_printf("%s:", node);
  g_autofree char *other = g_strdup_printf("-%s:", node);
  return row->conn[0] == '\0' || g_str_has_prefix(row->conn, opener) ||
         strstr(row->conn, other) != NULL;
}

/* A node's capture against its rows; the number of its retransmissions. */
static guint
check_capture(Sharkd *sharkd, const char *folder, const RunLog *log, const char *node)
{
  guint seen = 0, again = 0;
  g_autofree char *file = g_strdup_printf("%s/out/pcap/%s.pcapng", folder, node);
  if (!g_file_test(file, G_FILE_TEST_EXISTS))
    return 0; /* it saw no packet: test-gallery.c */
  g_autoptr(GArray) frames = sharkd_read(sharkd, file, fields);
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    if ((row->event != RUN_SEND && row->event != RUN_RECEIVE) || strcmp(row->node, node) != 0)
      continue;
    if (seen++ >= frames->len)
      continue;
    const Frame *frame = &g_array_index(frames, Frame, seen - 1);
    check_well_formed(frame, row, is_damaged(log, i));
    check_same(frame, row);
    if (row->event == RUN_SEND && is_end(row, node) && g_str_equal(row->proto, "TCP"))
      again += check_retransmission(frame, row);
  }
  g_assert_cmpuint(frames->len, ==, seen);
  return again;
}

/* What every capture of a handshake and of an impairment has to pass, the one with the most packets
 * has of the others, which are long, unless ROUNDTRIP_TSHARK is "all". */
static bool
is_wanted(const char *name, const RunLog *log, guint node)
{
  if (g_str_has_prefix(name, "handshake/") || g_str_has_prefix(name, "links/") ||
      g_strcmp0(g_getenv("ROUNDTRIP_TSHARK"), "all") == 0)
    return true;
  g_autofree guint *packets = g_new0(guint, log->nodes->len);
  guint most = 0;
  for (guint i = 0; i < log->rows->len; i++) {
    const RunRow *row = &g_array_index(log->rows, RunRow, i);
    guint at;
    if ((row->event == RUN_SEND || row->event == RUN_RECEIVE) &&
        g_ptr_array_find_with_equal_func(log->nodes, row->node, g_str_equal, &at))
      packets[at]++;
  }
  for (guint i = 1; i < log->nodes->len; i++)
    most = packets[i] > packets[most] ? i : most;
  return node == most;
}

static void
test_scenario(gconstpointer data)
{
  const Subject *subject = data;
  char *folder = folder_new();
  if (run_whole(folder, subject->name)) {
    guint again = 0;
    g_autofree char *left = g_build_filename(folder, "out", NULL);
    g_autoptr(RunLog) log = gallery_log(left);
    for (guint i = 0; i < log->nodes->len; i++)
      if (is_wanted(subject->name, log, i))
        again += check_capture(subject->sharkd, folder, log, log->nodes->pdata[i]);
    g_test_message("%u retransmissions", again);
  }
  folder_free(folder);
}

/* -- that tshark looks at all -- */

/* The place of the first packet from 10.0.0.1 to 10.0.0.2. */
static gsize
find_packet(const char *bytes, gsize length)
{
  static const char addresses[8] = {10, 0, 0, 1, 10, 0, 0, 2};
  for (gsize i = 12; i + 28 < length; i++)
    if (memcmp(bytes + i, addresses, sizeof addresses) == 0 && bytes[i - 12] == 0x45)
      return i - 12;
  g_assert_not_reached();
}

/* One bit of a sequence number is another one. */
static void
test_bad_checksum(gconstpointer data)
{
  const Subject *subject = data;
  char *folder = folder_new();
  if (run_whole(folder, subject->name)) {
    gsize length;
    GError *error = NULL;
    g_autofree char *bytes = folder_read(folder, "out/pcap/client.pcapng", &length);
    bytes[find_packet(bytes, length) + 24] ^= 1;
    g_autofree char *file = g_build_filename(folder, "damaged.pcapng", NULL);
    g_file_set_contents(file, bytes, (gssize)length, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) frames = sharkd_read(subject->sharkd, file, fields);
    g_assert_cmpuint(frames->len, >, 0);
    g_assert_true(is_good(g_array_index(frames, Frame, 0).column[IP_SUM]));
    g_assert_false(is_good(g_array_index(frames, Frame, 0).column[TCP_SUM]));
  }
  folder_free(folder);
}

static void
test_missing(void)
{
  g_test_skip("sharkd is not installed; it comes with tshark, which ./check installs");
}

static void
add(const char *path, const char *name, Sharkd *sharkd, GTestDataFunc function)
{
  Subject *subject = g_new(Subject, 1);
  *subject = (Subject){name, sharkd};
  g_test_add_data_func_full(path, subject, function, g_free);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  char *folder = folder_new();
  Sharkd *sharkd = sharkd_start(folder);
  g_auto(GStrv) names = gallery_names();
  if (sharkd == NULL)
    g_test_add_func("/tshark/missing", test_missing);
  else
    add("/tshark/sees-a-bad-checksum", "handshake/syn-lost", sharkd, test_bad_checksum);
  for (char **name = names; sharkd != NULL && *name != NULL; name++) {
    g_autofree char *path = g_strconcat("/tshark/", *name, NULL);
    g_autofree char *text = gallery_text(*name);
    /* One that reads files beside it cannot be run from a copy elsewhere. (A "profile" is none.) */
    if (gallery_records_packets(text) && !g_regex_match_simple("\\bfile = \"", text, 0, 0))
      add(path, *name, sharkd, test_scenario);
  }
  int status = g_test_run();
  if (sharkd != NULL)
    sharkd_stop(sharkd);
  folder_free(folder);
  return status;
}
