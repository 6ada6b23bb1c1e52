/* What differs first between two runs or captures, and how it is said. */
#include "plots/diff.h"

#include <string.h>

#include "sim/error.h"

#define SYN_OPTIONS "mss=1460 sackOK ts=1/0 ws=7"
#define DELAY 50

/* A packet of a made-up connection. */
typedef struct Made {
  double ms; /* when it is sent */
  bool from_server;
  const char *flags;
  gint64 seq, ack;
  guint len;
  const char *options; /* NULL: "ts=1/1" */
  const char *lost;    /* why; NULL: it arrives DELAY ms later */
} Made;

typedef struct Making {
  guint client_port; /* 0: 49152 */
  guint server_port; /* 0: 80 */
  double start;      /* ms added to every time */
  guint32 isn;       /* raw number of the SYN */
  double delay;      /* ms; 0: DELAY */
  bool router;       /* a router stands between, half way */
} Making;

static RunRow
row_of(RunLog *log, const Making *making, const Made *made, guint64 packet)
{
  g_autofree char *client =
      g_strdup_printf("10.0.0.1:%u", making->client_port != 0 ? making->client_port : 49152);
  g_autofree char *server =
      g_strdup_printf("10.0.0.2:%u", making->server_port != 0 ? making->server_port : 80);
  return (RunRow){
      .time = sim_time_from_seconds((making->start + made->ms) / 1000),
      .event = RUN_SEND,
      .node = made->from_server ? "server" : "client",
      .link = "",
      .packet = packet,
      .conn = "",
      .src = run_log_intern(log, made->from_server ? server : client),
      .dst = run_log_intern(log, made->from_server ? client : server),
      .proto = "TCP",
      .flags = made->flags,
      .seq = made->seq,
      .ack = made->ack,
      .has_seq = true,
      .has_ack = strstr(made->flags, "ACK") != NULL,
      .len = made->len,
      .win = 1000,
      .options = made->options != NULL ? made->options : "ts=1/1",
      .state = "",
      .detail = "",
      .seq_raw = making->isn + (guint32)made->seq,
  };
}

static void
add_event(GArray *rows, const RunRow *sent, RunEvent event, const char *node, double after_ms)
{
  RunRow row = *sent;
  row.event = event;
  row.node = node;
  row.time += sim_time_from_seconds(after_ms / 1000);
  g_array_append_val(rows, row);
}

static int
compare_time(const void *a, const void *b)
{
  const RunRow *row_a = a, *row_b = b;
  return row_a->time < row_b->time ? -1 : row_a->time > row_b->time;
}

/* Adds a connection's rows to `log` (in order of time with those that are there). */
static void
make_more(RunLog *log, const Making *making, const Made *packets, guint count)
{
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RunRow));
  g_array_append_vals(rows, log->rows->data, log->rows->len);
  guint64 number = log->rows->len;
  for (guint i = 0; i < count; i++) {
    RunRow row = row_of(log, making, &packets[i], ++number);
    const char *other = packets[i].from_server ? "client" : "server";
    double delay = making->delay > 0 ? making->delay : DELAY;
    g_array_append_val(rows, row);
    if (making->router && packets[i].lost == NULL) {
      add_event(rows, &row, RUN_RECEIVE, "router", delay / 2);
      add_event(rows, &row, RUN_SEND, "router", delay / 2);
    }
    if (packets[i].lost == NULL) {
      add_event(rows, &row, RUN_RECEIVE, other, delay);
    } else {
      row.detail = packets[i].lost;
      add_event(rows, &row, RUN_DROP, row.node, 0);
    }
  }
  g_array_sort(rows, compare_time);
  g_array_set_size(log->rows, 0);
  for (guint i = 0; i < rows->len; i++)
    run_log_add(log, &g_array_index(rows, RunRow, i));
}

static RunLog *
make(const Making *making, const Made *packets, guint count)
{
  RunLog *log = run_log_new("run");
  make_more(log, making, packets, count);
  return log;
}

/* What a capture at `node` holds of a run. */
static RunLog *
capture_of(const RunLog *run, const char *node, const char *place)
{
  RunLog *log = run_log_new("capture");
  log->is_capture = true;
  for (guint i = 0; i < run->rows->len; i++) {
    RunRow row = g_array_index(run->rows, RunRow, i);
    if (strcmp(row.node, node) != 0 || (row.event != RUN_SEND && row.event != RUN_RECEIVE))
      continue;
    row.event = RUN_CAPTURE;
    row.packet = 0;
    row.node = place;
    row.src = run_log_intern(log, row.src);
    row.dst = run_log_intern(log, row.dst);
    run_log_add(log, &row);
  }
  return log;
}

static DiffResult *
compare(const RunLog *a, const RunLog *b, const DiffOptions *options)
{
  GError *error = NULL;
  DiffOptions defaults = diff_options();
  DiffResult *result = diff_runs(a, b, options != NULL ? options : &defaults, &error);
  g_assert_no_error(error);
  return result;
}

static void
check(const RunLog *a, const RunLog *b, const DiffOptions *options, const char *sentence)
{
  g_autoptr(DiffResult) result = compare(a, b, options);
  g_assert_cmpstr(result->sentence, ==, sentence);
  g_assert_cmpint(result->equal, ==, g_str_has_prefix(sentence, "no difference"));
  g_assert_cmpint(result->equal, ==, result->ladders[0] == '\0');
}

/* -- one connection: a lost SYN, some data, a close -- */

static const Made connection[] = {
    {0, false, "SYN", 0, 0, 0, SYN_OPTIONS, "rule SYN#1"},
    {1000, false, "SYN", 0, 0, 0, SYN_OPTIONS, NULL},
    {1050, true, "SYN+ACK", 0, 1, 0, SYN_OPTIONS, NULL},
    {1100, false, "ACK", 1, 1, 0, NULL, NULL},
    {1100, false, "PSH+ACK", 1, 1, 100, NULL, NULL},
    {1150, true, "ACK", 1, 101, 0, NULL, NULL},
    {1400, false, "FIN+ACK", 101, 1, 0, NULL, NULL},
    {1450, true, "FIN+ACK", 1, 102, 0, NULL, NULL},
    {1500, false, "ACK", 102, 2, 0, NULL, NULL},
};
#define COUNT G_N_ELEMENTS(connection)

enum { SYN_1, SYN_2, SYN_ACK, ACK_1, DATA, ACK_OF_DATA, FIN_1, FIN_2, LAST_ACK };

static const Making plain = {0};

static RunLog *
make_plain(void)
{
  return make(&plain, connection, COUNT);
}

/* A run like the others but for `changed`, which replaces packet `which`; what follows comes as
 * much later as it does. */
static RunLog *
make_changed(guint which, Made changed)
{
  Made packets[COUNT];
  memcpy(packets, connection, sizeof packets);
  for (guint i = which; i < COUNT; i++)
    packets[i].ms += changed.ms - connection[which].ms;
  packets[which] = changed;
  return make(&plain, packets, COUNT);
}

static RunLog *
make_without(guint which)
{
  Made packets[COUNT];
  memcpy(packets, connection, sizeof packets);
  memmove(&packets[which], &packets[which + 1], (COUNT - which - 1) * sizeof *packets);
  return make(&plain, packets, COUNT - 1);
}

static void
equal_runs(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_plain();
  check(a, b, NULL, "no difference in 9 packets of 1 connection");
}

static void
a_later_start_is_no_difference(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make(&(Making){.start = 3000}, connection, COUNT);
  check(a, b, NULL, "no difference in 9 packets of 1 connection");
}

static void
a_late_packet_is_named_and_what_follows_is_not(void)
{
  Made late = connection[SYN_2];
  late.ms += 33;
  g_autoptr(RunLog) a = make_plain(), b = make_changed(SYN_2, late);
  check(a, b, NULL, "B sends SYN#2 33 ms later: 1.033 s after SYN#1, A 1 s");
  check(b, a, NULL, "B sends SYN#2 33 ms earlier: 1 s after SYN#1, A 1.033 s");
  DiffOptions options = diff_options();
  options.tolerance = 33 * SIM_MILLISECOND;
  check(a, b, &options, "no difference in 9 packets of 1 connection");
}

static void
what_an_arrival_causes_is_timed_from_it(void)
{
  Made late = connection[ACK_OF_DATA];
  late.ms += 40;
  g_autoptr(RunLog) a = make_plain(), b = make_changed(ACK_OF_DATA, late);
  check(a, b, NULL, "B sends ACK#1 40 ms later: 40 ms after DATA#1 arrives, A 0 s");
}

static void
a_missing_packet(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_without(ACK_OF_DATA);
  check(a, b, NULL, "A sends ACK#1 which B does not");
  check(b, a, NULL, "B sends ACK#1 which A does not");
  g_autoptr(RunLog) c = make_without(LAST_ACK);
  check(a, c, NULL, "A sends ACK#2 which B does not");
}

static void
a_missing_option(void)
{
  Made changed = connection[SYN_ACK];
  changed.options = "mss=1000 sackOK ts=5/1";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(SYN_ACK, changed);
  check(a, b, NULL, "B's SYN+ACK#1 lacks window scale");
  check(b, a, NULL, "A's SYN+ACK#1 lacks window scale");
  g_autoptr(DiffResult) result = compare(a, b, NULL);
  g_assert_true(g_str_has_suffix(result->ladders, "A's options: " SYN_OPTIONS "\n"
                                                  "  B's options: mss=1000 sackOK ts=5/1\n"));
}

static void
other_values_of_options_are_no_difference(void)
{
  Made changed = connection[SYN_ACK];
  changed.options = "ws=10 mss=1000 ts=99/1 sackOK";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(SYN_ACK, changed);
  check(a, b, NULL, "no difference in 9 packets of 1 connection");
}

static void
other_numbers(void)
{
  Made ack = connection[ACK_OF_DATA], seq = connection[FIN_1], data = connection[DATA];
  ack.ack = 51;
  seq.seq = 102;
  data.len = 60;
  g_autoptr(RunLog) a = make_plain(), b = make_changed(ACK_OF_DATA, ack);
  g_autoptr(RunLog) c = make_changed(FIN_1, seq), d = make_changed(DATA, data);
  check(a, b, NULL, "B's ACK#1 acknowledges 51, A's 101");
  check(a, c, NULL, "B's FIN#1 has sequence number 102, A's 101");
  check(a, d, NULL, "B's DATA#1 carries bytes: 60, A's 100");
}

static void
other_flags(void)
{
  Made changed = connection[DATA];
  changed.flags = "ACK";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(DATA, changed);
  check(a, b, NULL, "B's DATA#1 has the flags ACK, A's PSH+ACK");
}

static void
another_kind_of_packet(void)
{
  Made changed = connection[FIN_2];
  changed.flags = "RST+ACK";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(FIN_2, changed);
  check(a, b, NULL, "B sends RST#1 where A sends FIN#1");
}

/* Much later it is no answer in the other's place: what comes first is named. */
static void
another_kind_of_packet_later(void)
{
  Made changed = connection[FIN_2];
  changed.flags = "RST+ACK";
  changed.ms += 200;
  g_autoptr(RunLog) a = make_plain(), b = make_changed(FIN_2, changed);
  check(a, b, NULL, "A sends FIN#1 which B does not");
}

static void
windows_only_when_asked(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_plain();
  g_array_index(b->rows, RunRow, 0).win = 500;
  DiffOptions options = diff_options();
  check(a, b, &options, "no difference in 9 packets of 1 connection");
  options.window = true;
  check(a, b, &options, "B's SYN#1 offers a window of 500, A's 1000");
}

static void
another_fate(void)
{
  Made changed = connection[LAST_ACK];
  changed.lost = "loss model";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(LAST_ACK, changed);
  check(a, b, NULL, "B loses ACK#2 (loss model) which A does not");
}

static void
another_delay(void)
{
  const Made slow[] = {connection[SYN_2], {1060, true, "SYN+ACK", 0, 1, 0, SYN_OPTIONS, NULL}};
  g_autoptr(RunLog) a = make(&plain, &connection[SYN_2], 2);
  g_autoptr(RunLog) b = make(&(Making){.delay = 60}, slow, 2);
  check(a, b, NULL, "B's SYN#1 arrives 10 ms later: 60 ms after it was sent, A's 50 ms");
  check(b, a, NULL, "B's SYN#1 arrives 10 ms earlier: 50 ms after it was sent, A's 60 ms");
}

static void
retransmissions_have_a_name_of_their_own(void)
{
  const Made again = {1300, false, "PSH+ACK", 1, 1, 100, NULL, NULL};
  Made packets[COUNT + 1];
  memcpy(packets, connection, sizeof connection);
  memmove(&packets[FIN_1 + 1], &connection[FIN_1], (COUNT - FIN_1) * sizeof *packets);
  packets[FIN_1] = again;
  g_autoptr(RunLog) a = make_plain(), b = make(&plain, packets, COUNT + 1);
  check(a, b, NULL, "B sends REXMIT#1 which A does not");
}

/* Two packets that cross on the way have no order. */
static void
crossing_packets_have_no_order(void)
{
  const Made one[] = {{0, false, "SYN", 0, 0, 0, SYN_OPTIONS, NULL},
                      {0.1, true, "SYN", 0, 0, 0, SYN_OPTIONS, NULL}};
  const Made other[] = {{0.1, false, "SYN", 0, 0, 0, SYN_OPTIONS, NULL},
                        {0, true, "SYN", 0, 0, 0, SYN_OPTIONS, NULL}};
  g_autoptr(RunLog) a = make(&plain, one, 2), b = make(&plain, other, 2);
  g_autoptr(DiffResult) result = compare(a, b, NULL);
  g_assert_true(result->equal);
}

static void
flows_are_paired_by_port(void)
{
  g_autoptr(RunLog) a = make_plain(), b = run_log_new("b");
  make_more(a, &(Making){.server_port = 81, .start = 0.5}, connection, COUNT);
  make_more(b, &(Making){.server_port = 81, .client_port = 50001, .start = 0.5}, connection, COUNT);
  make_more(b, &(Making){.client_port = 50000}, connection, COUNT);
  check(a, b, NULL, "no difference in 18 packets of 2 connections");
}

static void
a_connection_more(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_plain();
  make_more(b, &(Making){.client_port = 50000, .start = 5000}, connection, COUNT);
  check(a, b, NULL, "B has the connection 10.0.0.1:50000 > 10.0.0.2:80 which A has not");
}

/* The same endpoints once more, after the close: another connection. */
static void
endpoints_used_again_are_another_flow(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_plain();
  make_more(a, &(Making){.start = 9000, .isn = 12345}, connection, COUNT);
  make_more(b, &(Making){.start = 9000, .isn = 54321}, connection, COUNT);
  check(a, b, NULL, "no difference in 18 packets of 2 connections");
}

static void
routers_send_nothing_of_their_own(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make(&(Making){.router = true}, connection, COUNT);
  check(a, b, NULL, "no difference in 9 packets of 1 connection");
}

static void
a_capture_is_compared_at_its_place(void)
{
  g_autoptr(RunLog) run = make_plain();
  static const char *const nodes[] = {"client", "server"};
  for (int i = 0; i < 2; i++) {
    /* A lost SYN is seen where it was sent only. */
    const char *expected = i == 0 ? "no difference in 9 packets of 1 connection"
                                  : "no difference in 8 packets of 1 connection";
    g_autoptr(RunLog) named = capture_of(run, nodes[i], nodes[i]);
    g_autoptr(RunLog) foreign = capture_of(run, nodes[i], "10.0.0.1");
    check(run, named, NULL, expected);
    check(run, foreign, NULL, expected); /* by the times of the handshake */
    check(foreign, run, NULL, expected);
  }
}

static void
a_capture_without_a_handshake_is_placed_by_its_answers(void)
{
  g_autoptr(RunLog) run = make(&plain, &connection[DATA], COUNT - DATA);
  g_autoptr(RunLog) at_client = capture_of(run, "client", "10.0.0.1");
  g_autoptr(RunLog) at_server = capture_of(run, "server", "10.0.0.1");
  check(run, at_client, NULL, "no difference in 5 packets of 1 connection");
  check(at_server, run, NULL, "no difference in 5 packets of 1 connection");
}

static void
a_capture_without_answers_needs_a_place(void)
{
  g_autoptr(RunLog) run = make(&plain, &connection[DATA], 1);
  g_autoptr(RunLog) capture = capture_of(run, "client", "10.0.0.1");
  GError *error = NULL;
  DiffOptions options = diff_options();
  g_assert_null(diff_runs(run, capture, &options, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_VALUE);
  g_assert_nonnull(strstr(error->message, "--at NODE"));
  g_clear_error(&error);
  options.at = "client";
  check(run, capture, &options, "no difference in 1 packet of 1 connection");
  options.at = "clint";
  g_assert_null(diff_runs(run, capture, &options, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_NAME);
  g_assert_nonnull(strstr(error->message, "did you mean \"client\"?"));
  g_clear_error(&error);
}

/* Neighbour discovery and the like in a real capture. */
static void
noise_in_a_capture_is_ignored(void)
{
  g_autoptr(RunLog) run = make_plain(), made = make(&(Making){.start = 700}, connection, COUNT);
  g_autoptr(RunLog) seen = capture_of(made, "client", "10.0.0.1"), capture = run_log_new("noisy");
  RunRow noise = g_array_index(seen->rows, RunRow, 0);
  noise.time = 0;
  noise.src = "fe80::1";
  noise.dst = "ff02::2";
  noise.proto = "ICMP";
  noise.flags = noise.options = "";
  capture->is_capture = true;
  run_log_add(capture, &noise);
  for (guint i = 0; i < seen->rows->len; i++)
    run_log_add(capture, &g_array_index(seen->rows, RunRow, i));
  check(run, capture, NULL, "no difference in 9 packets of 1 connection");
  check(capture, run, NULL, "no difference in 9 packets of 1 connection");
  check(capture, capture, NULL, "no difference in 10 packets of 2 connections");
}

static void
options_that_were_not_captured_are_not_missed(void)
{
  g_autoptr(RunLog) run = make_plain(), capture = capture_of(run, "client", "client");
  RunRow *syn = &g_array_index(capture->rows, RunRow, 0);
  syn->options = "mss=1460";
  check(run, capture, NULL, "B's SYN#1 lacks SACK permitted");
  syn->detail = "headers cut";
  check(run, capture, NULL, "no difference in 9 packets of 1 connection");
}

static void
nothing_to_compare_is_an_error(void)
{
  g_autoptr(RunLog) a = make_plain(), b = run_log_new("empty");
  GError *error = NULL;
  DiffOptions options = diff_options();
  g_assert_null(diff_runs(a, b, &options, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_FILE);
  g_error_free(error);
}

static bool
refuse_data(const DiffInterval *interval, void *data)
{
  *(guint *)data += !interval->transit;
  return strcmp(interval->class, "DATA") != 0;
}

static void
own_tolerances(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_plain();
  guint asked = 0;
  DiffOptions options = diff_options();
  options.fits = refuse_data;
  options.fits_data = &asked;
  g_autoptr(DiffResult) result = compare(a, b, &options);
  g_assert_false(result->equal);
  g_assert_cmpuint(asked, ==, COUNT);
}

static void
ladders_mark_the_difference(void)
{
  Made late = connection[SYN_2];
  late.ms += 33;
  g_autoptr(RunLog) a = make_plain(), b = make_changed(SYN_2, late);
  g_autoptr(DiffResult) result = compare(a, b, NULL);
  g_auto(GStrv) lines = g_strsplit(result->ladders, "\n", -1);
  g_assert_cmpstr(lines[0], ==,
                  "  A: 10.0.0.1:49152 > 10.0.0.2:80               | "
                  "B: 10.0.0.1:49152 > 10.0.0.2:80");
  g_assert_cmpstr(lines[1], ==,
                  "  0.000000 -x  SYN     seq 0           len 0    | "
                  "0.000000 -x  SYN     seq 0           len 0");
  g_assert_cmpstr(lines[2], ==,
                  "> 1.000000 --> SYN     seq 0           len 0    | "
                  "1.033000 --> SYN     seq 0           len 0");
}

static void
ladders_show_what_only_one_has(void)
{
  g_autoptr(RunLog) a = make_plain(), b = make_without(ACK_OF_DATA);
  g_autoptr(DiffResult) one = compare(a, b, NULL), other = compare(b, a, NULL);
  g_assert_nonnull(strstr(one->ladders, "> 1.150000 <-- ACK     seq 1   ack 101 len 0    |\n"));
  g_assert_nonnull(strstr(other->ladders, "| 1.150000 <-- ACK     seq 1   ack 101 len 0\n"));
}

static void
texts_from_files_cannot_move_the_cursor(void)
{
  Made changed = connection[SYN_ACK];
  changed.options = "mss=1460 sackOK ts=1/0 \033[2J=7";
  g_autoptr(RunLog) a = make_plain(), b = make_changed(SYN_ACK, changed);
  g_autoptr(DiffResult) result = compare(b, a, NULL);
  g_assert_null(strchr(result->sentence, '\033'));
  changed = connection[DATA];
  changed.flags = "PSH+ACK\033\xc2\x9b\xff";
  g_autoptr(RunLog) c = make_changed(DATA, changed);
  g_autoptr(DiffResult) flags = compare(a, c, NULL);
  g_assert_false(flags->equal);
  g_assert_null(strpbrk(flags->ladders, "\033\x9b\xff"));
  g_assert_null(strpbrk(flags->sentence, "\033\x9b\xff"));
}

typedef struct Test {
  const char *path;
  void (*run)(void);
} Test;

static const Test tests[] = {
    {"/diff/equal-runs", equal_runs},
    {"/diff/a-later-start-is-no-difference", a_later_start_is_no_difference},
    {"/diff/a-late-packet-is-named-and-what-follows-is-not",
     a_late_packet_is_named_and_what_follows_is_not},
    {"/diff/what-an-arrival-causes-is-timed-from-it", what_an_arrival_causes_is_timed_from_it},
    {"/diff/a-missing-packet", a_missing_packet},
    {"/diff/a-missing-option", a_missing_option},
    {"/diff/other-values-of-options-are-no-difference", other_values_of_options_are_no_difference},
    {"/diff/other-numbers", other_numbers},
    {"/diff/other-flags", other_flags},
    {"/diff/another-kind-of-packet", another_kind_of_packet},
    {"/diff/another-kind-of-packet-later", another_kind_of_packet_later},
    {"/diff/windows-only-when-asked", windows_only_when_asked},
    {"/diff/another-fate", another_fate},
    {"/diff/another-delay", another_delay},
    {"/diff/retransmissions-have-a-name-of-their-own", retransmissions_have_a_name_of_their_own},
    {"/diff/crossing-packets-have-no-order", crossing_packets_have_no_order},
    {"/diff/flows-are-paired-by-port", flows_are_paired_by_port},
    {"/diff/a-connection-more", a_connection_more},
    {"/diff/endpoints-used-again-are-another-flow", endpoints_used_again_are_another_flow},
    {"/diff/routers-send-nothing-of-their-own", routers_send_nothing_of_their_own},
    {"/diff/a-capture-is-compared-at-its-place", a_capture_is_compared_at_its_place},
    {"/diff/a-capture-without-a-handshake-is-placed-by-its-answers",
     a_capture_without_a_handshake_is_placed_by_its_answers},
    {"/diff/a-capture-without-answers-needs-a-place", a_capture_without_answers_needs_a_place},
    {"/diff/noise-in-a-capture-is-ignored", noise_in_a_capture_is_ignored},
    {"/diff/options-that-were-not-captured-are-not-missed",
     options_that_were_not_captured_are_not_missed},
    {"/diff/nothing-to-compare-is-an-error", nothing_to_compare_is_an_error},
    {"/diff/own-tolerances", own_tolerances},
    {"/diff/ladders-mark-the-difference", ladders_mark_the_difference},
    {"/diff/ladders-show-what-only-one-has", ladders_show_what_only_one_has},
    {"/diff/texts-from-files-cannot-move-the-cursor", texts_from_files_cannot_move_the_cursor},
};

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
    g_test_add_func(tests[i].path, tests[i].run);
  return g_test_run();
}
