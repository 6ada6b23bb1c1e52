/* test-recovery: congestion window, fast retransmit and recovery. */
#include "models/tcp/cc.h"
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

static const ScriptTest tests[] = {
    {"/tcp/recovery/fast-retransmit-3-dupack", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 5000", "> P. 1:5001(5000) ack 1",
            "+.1 < . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535",
            "+.01 < . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1",
            "+.1 < . 1:1(0) ack 5001 win 65535", "write 1000", "> P. 5001:6001(1000) ack 1")},
    {"/tcp/recovery/first-ack-after-connect-not-counted", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1000>"), "write 6000", "> P. 1:6001(6000) ack 1",
            "+.1 < . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "+.05 < . 1:1(0) ack 1 win 65535",
            "> . 1:1001(1000) ack 1")},
    {"/tcp/recovery/two-dupacks-wait", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "+.01 < . 1:1(0) ack 1 win 65535",
            "write 4000", "> P. 1:4001(4000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "+.05 < . 1:1(0) ack 4001 win 65535", "is recovery open",
            "is cwnd 10", "+.05 write 1000", "> P. 4001:5001(1000) ack 1")},
    {"/tcp/recovery/newreno-partial-ack", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "+.01 < . 1:1(0) ack 1 win 65535",
            "write 8000", "> P. 1:8001(8000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1",
            "+.1 < . 1:1(0) ack 3001 win 65535", "> . 3001:4001(1000) ack 1",
            "+.1 < . 1:1(0) ack 8001 win 65535", "write 1000", "> P. 8001:9001(1000) ack 1")},
    {"/tcp/recovery/limited-transmit", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 20000",
            "> . 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "> . 10001:11001(1000) ack 1", "+.01 < . 1:1(0) ack 1 win 65535",
            "> . 11001:12001(1000) ack 1", "+.01 < . 1:1(0) ack 1 win 65535",
            "> . 1:1001(1000) ack 1", "is ssthresh 5")}, /* of ten, not of twelve */
    {"/tcp/recovery/iw10", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 20000",
            "> . 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1001 win 65535",
            "> . 10001:12001(2000) ack 1")},
    {"/tcp/recovery/slow-start-ack-per-segment", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "write 20000",
            "> . 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1001 win 65535",
            "> . 10001:12001(2000) ack 1", "+.01 < . 1:1(0) ack 2001 win 65535",
            "> . 12001:14001(2000) ack 1", "+.01 < . 1:1(0) ack 3001 win 65535",
            "> . 14001:16001(2000) ack 1", "is cwnd 13")},
    {"/tcp/recovery/slow-start-stretch-ack", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1000>"), "write 30000", "> . 1:10001(10000) ack 1",
            "+.1 < . 1:1(0) ack 10001 win 65535", "> P. 10001:30001(20000) ack 1", "is cwnd 20")},
    {"/tcp/recovery/idle-restart", SCRIPT_LINUX,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "write 10000",
            "> P. 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 10001 win 65535", "is cwnd 20",
            "+2 write 20000", "> . 10001:20001(10000) ack 1", "+.1 < . 1:1(0) ack 11001 win 65535",
            "> . 20001:22001(2000) ack 1")},
    {"/tcp/recovery/no-growth-when-idle-application", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 1000", "> P. 1:1001(1000) ack 1",
            "+.1 < . 1:1(0) ack 1001 win 65535", "write 1000", "> P. 1001:2001(1000) ack 1",
            "+.1 < . 1:1(0) ack 2001 win 65535", "write 1000", "> P. 2001:3001(1000) ack 1",
            "+.1 < . 1:1(0) ack 3001 win 65535", "is cwnd 10")},
    {"/tcp/recovery/reno-halves-after-loss", SCRIPT_LINUX,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "+.01 < . 1:1(0) ack 1 win 65535",
            "write 10000", "> P. 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1",
            "is ssthresh 5", "+.1 < . 1:1(0) ack 10001 win 65535", "is cwnd 5", "write 20000",
            "> . 10001:15001(5000) ack 1", "+.1 < . 1:1(0) ack 15001 win 65535",
            "> . 15001:21001(6000) ack 1", "+.1 < . 1:1(0) ack 21001 win 65535",
            "> . 21001:28001(7000) ack 1")},
    {"/tcp/recovery/threshold-from-window-not-flight", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1000>"), "write 4000", "> P. 1:4001(4000) ack 1",
            "+.3 > . 1:1001(1000) ack 1", "is ssthresh 5", "+.1 < . 1:1(0) ack 1001 win 65535",
            "> . 1001:3001(2000) ack 1", "+.1 < . 1:1(0) ack 3001 win 65535",
            "> P. 3001:4001(1000) ack 1")},
    {"/tcp/recovery/initial-window-of-rfc3390-mss-1460", SCRIPT_RFC,
     SCRIPT(PASSIVE("<mss 1460>"), "is cwnd_bytes 4380")},
    {"/tcp/recovery/initial-window-of-rfc3390-mss-536", SCRIPT_RFC,
     SCRIPT(PASSIVE("<mss 536>"), "is cwnd_bytes 2144")},
    {"/tcp/recovery/initial-window-of-rfc6928-mss-1460", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1460>"), "is cwnd_bytes 14600")},
    {"/tcp/recovery/initial-window-of-rfc6928-mss-536", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 536>"), "is cwnd_bytes 5360")},
    {"/tcp/recovery/initial-window-after-one-lost-syn-is-one", SCRIPT_RFC,
     SCRIPT("connect", "> S 0:0(0) <...>", "+1 > S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1000>", "> . 1:1(0) ack 1", "is cwnd 1")},
    {"/tcp/recovery/initial-window-of-linux-falls-with-the-second-lost-syn", SCRIPT_LINUX,
     SCRIPT("connect", "> S 0:0(0) <...>", "+1 > S 0:0(0) <...>", "+1 > S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1000>", "> . 1:1(0) ack 1", "is cwnd 1")},
    {"/tcp/recovery/initial-window-of-linux-survives-one-lost-syn", SCRIPT_LINUX,
     SCRIPT("connect", "> S 0:0(0) <...>", "+1 > S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 65535 <mss 1000>", "> . 1:1(0) ack 1", "is cwnd 10")},
    {"/tcp/recovery/idle-restart-of-rfc5681", SCRIPT_RFC,
     SCRIPT("set initial_window 4", ACTIVE("<mss 1000>"), "write 4000", "> P. 1:4001(4000) ack 1",
            "+.1 < . 1:1(0) ack 1001 win 65535", "< . 1:1(0) ack 2001 win 65535",
            "< . 1:1(0) ack 3001 win 65535", "< . 1:1(0) ack 4001 win 65535", "is cwnd 8",
            "+2 write 8000", "> . 4001:8001(4000) ack 1")},
    {"/tcp/recovery/no-idle-restart-within-the-time-out", SCRIPT_RFC,
     SCRIPT("set initial_window 4", ACTIVE("<mss 1000>"), "write 4000", "> P. 1:4001(4000) ack 1",
            "+.1 < . 1:1(0) ack 1001 win 65535", "< . 1:1(0) ack 2001 win 65535",
            "< . 1:1(0) ack 3001 win 65535", "< . 1:1(0) ack 4001 win 65535", "is cwnd 8",
            "+.5 write 8000", "> P. 4001:12001(8000) ack 1")},
    {"/tcp/recovery/stretch-ack-adds-one-segment", SCRIPT_RFC,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 30000",
            "> . 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 10001 win 65535",
            "> . 10001:21001(11000) ack 1", "is cwnd 11")},
    {"/tcp/recovery/threshold-from-flight", SCRIPT_RFC,
     SCRIPT("set initial_window 10", PASSIVE("<mss 1000>"), "write 6000", "> P. 1:6001(6000) ack 1",
            "+1 > . 1:1001(1000) ack 1", "is ssthresh 3", "is cwnd 1")},
    {"/tcp/recovery/threshold-is-two-segments-at-least", SCRIPT_RFC,
     SCRIPT(PASSIVE("<mss 1000>"), "write 1000", "> P. 1:1001(1000) ack 1",
            "+1 > P. 1:1001(1000) ack 1", "is ssthresh 2")},
    {"/tcp/recovery/first-ack-after-connect-is-a-duplicate", SCRIPT_RFC,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "write 6000", "> P. 1:6001(6000) ack 1",
            "+.1 < . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1")},
    {"/tcp/recovery/window-updates-are-no-duplicates", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", "listen", "< S 0:0(0) win 30000 <mss 1000>",
            "> S. 0:0(0) ack 1 <...>", "+.1 < . 1:1(0) ack 1 win 30000", "accept", "write 5000",
            "> P. 1:5001(5000) ack 1", "+.1 < . 1:1(0) ack 1 win 60000",
            "< . 1:1(0) ack 1 win 61000", "< . 1:1(0) ack 1 win 62000",
            "< . 1:1(0) ack 1 win 63000", "is recovery open", "is retransmits 0")},
    {"/tcp/recovery/segments-with-data-are-no-duplicates", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", "set delayed_ack 0", PASSIVE("<mss 1000>"), "write 5000",
            "> P. 1:5001(5000) ack 1", "+.1 < P. 1:101(100) ack 1 win 65535",
            "> . 5001:5001(0) ack 101", "< P. 101:201(100) ack 1 win 65535",
            "> . 5001:5001(0) ack 201", "< P. 201:301(100) ack 1 win 65535",
            "> . 5001:5001(0) ack 301", "< P. 301:401(100) ack 1 win 65535",
            "> . 5001:5001(0) ack 401", "is recovery open")},
    {"/tcp/recovery/limited-transmit-off-sends-nothing", SCRIPT_BOTH,
     SCRIPT("set initial_window 10", "set limited_transmit false", PASSIVE("<mss 1000>"),
            "write 20000", "> . 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1",
            "is recovery fast", "is ssthresh 5")},
    /* RFC 6582 3.2 step 1: what is left of the old window must not start a second recovery. */
    {"/tcp/recovery/duplicates-after-a-time-out-start-nothing", SCRIPT_BOTH,
     SCRIPT("set min_rto 0.2", "set initial_window 10", PASSIVE("<mss 1000>"), "write 10000",
            "> P. 1:10001(10000) ack 1", "+.3 > . 1:1001(1000) ack 1", "is recovery loss",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535", "is recovery loss",
            "is cwnd 1", "is ssthresh 5", "< . 1:1(0) ack 10001 win 65535", "is recovery open")},
    /* RFC 6582 3.2 step 3, its first choice: no burst at the end of recovery. */
    {"/tcp/recovery/ends-without-a-burst", SCRIPT_RFC,
     SCRIPT("set initial_window 10", ACTIVE("<mss 1000>"), "write 10000",
            "> P. 1:10001(10000) ack 1", "+.1 < . 1:1(0) ack 1 win 65535",
            "< . 1:1(0) ack 1 win 65535", "< . 1:1(0) ack 1 win 65535", "> . 1:1001(1000) ack 1",
            "is ssthresh 5", "+.1 < . 1:1(0) ack 10001 win 65535", "is cwnd 2", "write 20000",
            "> . 10001:12001(2000) ack 1")},
    {NULL},
};

static void
large_buffers(TcpProfile *profile, bool server)
{
  profile->autotune = false;
  profile->receive_buffer = profile->send_buffer = 4 << 20;
}

/* The point up to which the last recovery went must not, half a sequence space later, look as if it
 * lay ahead. */
static void
fast_retransmit_behind_2_gb(void)
{
  LabSettings settings = {.seed = 1,
                          .profile = "linux",
                          .mtu = 65535,
                          .rate = UINT64_C(10000000000),
                          .delay = SIM_MILLISECOND,
                          .tune = large_buffers};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_rule(lab, RULE_DROP, "DATA#20", 0);
  lab_rule(lab, RULE_DROP, "DATA#36000", 0);
  lab_connect(lab);
  lab_send(lab, &lab->client, G_GUINT64_CONSTANT(2500000000), NULL);
  lab_run(lab, 1000 * SIM_SECOND);
  TcpInfo info;
  tcp_info(lab->client.conn, &info);
  g_assert_cmpuint(lab->server.received_count, ==, G_GUINT64_CONSTANT(2500000000));
  g_assert_cmpuint(info.retransmits, ==, 2);
  g_assert_cmpuint(info.timeouts, ==, 0);
  lab_free(lab);
}

static void
note_recovery(Sim *sim, const void *data, void *user)
{
  const TcpRecoveryRecord *record = data;
  static const char *const proofs[] = {"", " timestamps", " dsack", " f-rto"};
  g_string_append_printf(user, "%s%s>%s%s%s", ((GString *)user)->len > 0 ? ", " : "",
                         tcp_recovery_name(record->from), tcp_recovery_name(record->to),
                         record->timeout ? " time-out" : "", proofs[record->undo]);
}

/* What the trace says of recovery while 100 segments go out and the rules strike. */
static void
assert_recoveries(const char *expected, RuleAction action, const char *const *rules, SimTime delay)
{
  LabSettings settings = {.seed = 1, .profile = "linux", .rate = 10000000};
  Lab *lab = lab_new(&settings);
  GString *seen = g_string_new(NULL);
  sim_trace_listen(lab->sim, TCP_TRACE_RECOVERY, note_recovery, seen);
  lab_listen(lab);
  for (; *rules != NULL; rules++)
    lab_rule(lab, action, *rules, delay);
  lab_connect(lab);
  lab_send(lab, &lab->client, 144800, NULL);
  lab_run(lab, 100 * SIM_SECOND);
  g_assert_cmpuint(lab->server.received_count, ==, 144800);
  g_assert_cmpstr(seen->str, ==, expected);
  sim_trace_ignore(lab->sim, TCP_TRACE_RECOVERY, note_recovery, seen);
  g_string_free(seen, TRUE);
  lab_free(lab);
}

#define RULES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
no_timestamps(TcpProfile *profile, bool server)
{
  profile->timestamps = false;
}

static void
pause_wire(Lab *lab)
{
  link_pause(&lab->wire->forward);
}

static void
resume_wire(Lab *lab)
{
  link_resume(&lab->wire->forward);
}

/* A path that stands still for half a second loses nothing, and F-RTO finds out. */
static void
a_pause_is_told_as_needless(void)
{
  LabSettings settings = {.seed = 1, .profile = "linux", .rate = 10000000, .tune = no_timestamps};
  Lab *lab = lab_new(&settings);
  GString *seen = g_string_new(NULL);
  sim_trace_listen(lab->sim, TCP_TRACE_RECOVERY, note_recovery, seen);
  lab_listen(lab);
  lab_connect(lab);
  lab_send(lab, &lab->client, 144800, NULL);
  lab_at(lab, 220 * SIM_MILLISECOND, pause_wire);
  lab_at(lab, 900 * SIM_MILLISECOND, resume_wire);
  lab_run(lab, 100 * SIM_SECOND);
  g_assert_cmpuint(lab->server.received_count, ==, 144800);
  g_assert_cmpstr(seen->str, ==, "open>loss time-out, loss>open f-rto");
  sim_trace_ignore(lab->sim, TCP_TRACE_RECOVERY, note_recovery, seen);
  g_string_free(seen, TRUE);
  lab_free(lab);
}

static void
recoveries_are_told(void)
{
  assert_recoveries("disorder>fast, fast>open", RULE_DROP, RULES("DATA#20"), 0);
  assert_recoveries("disorder>fast, fast>open timestamps", RULE_HOLD, RULES("DATA#20"),
                    60 * SIM_MILLISECOND);
  assert_recoveries("", RULE_DROP, RULES("DATA#100"), 0); /* its probe repairs it, with no cut */
  assert_recoveries("open>loss time-out, loss>open", RULE_DROP, RULES("DATA#91-100", "REXMIT#1"),
                    0);
}

typedef struct PipeLog {
  Lab *lab;
  GString *pipes; /* segments in the pipe at each duplicate ACK, as the RFC's figure counts them: at
                     the first three before limited transmit and the fast retransmit, then after
                     what PRR let out */
  unsigned acks;  /* so far */
  unsigned sent;  /* segments of data since the last one */
} PipeLog;

static void
count_sent(Sim *sim, const void *data, void *user)
{
  const NetPacketRecord *record = data;
  PipeLog *log = user;
  log->sent += record->event == NET_PACKET_SEND && record->node == log->lab->client_node &&
               record->packet->payload > 0;
}

static void
note_pipe(Sim *sim, const void *data, void *user)
{
  const TcpSampleRecord *record = data;
  PipeLog *log = user;
  if (tcp_conn_host(record->conn) != log->lab->client_host)
    return;
  TcpInfo info;
  tcp_info(record->conn, &info);
  unsigned pipe = (unsigned)(info.flight / info.mss);
  if (info.bytes_acked == 0 && record->time > 200 * SIM_MILLISECOND)
    g_string_append_printf(log->pipes, " %u", ++log->acks > 3 ? pipe : pipe - log->sent);
  log->sent = 0;
}

static void
of_twenty(TcpProfile *profile, bool server)
{
  profile->cc = &cc_reno;
  profile->initial_window = 20;
  /* As the RFC's figure has it, three reports beyond a hole make a loss. */
  profile->rack = profile->keep_larger_window = false;
}

/* RFC 6937 3.1, and RFC 9937: the first of twenty segments is lost. */
static void
prr_sends_for_every_other_one(void)
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = of_twenty};
  Lab *lab = lab_new(&settings);
  PipeLog log = {.lab = lab, .pipes = g_string_new(NULL)};
  lab_listen(lab);
  lab_rule(lab, RULE_DROP, "DATA#1", 0);
  lab_connect(lab);
  lab_run(lab, 150 * SIM_MILLISECOND);
  sim_trace_listen(lab->sim, NET_TRACE_PACKET, count_sent, &log);
  sim_trace_listen(lab->sim, TCP_TRACE_SAMPLE, note_pipe, &log);
  lab_send(lab, &lab->client, 144800, NULL);
  log.sent = 0;
  lab_run(lab, 260 * SIM_MILLISECOND);
  g_assert_cmpstr(log.pipes->str, ==, " 19 19 18 18 18 17 17 16 16 15 15 14 14 13 13 12 12 11 10");
  sim_trace_ignore(lab->sim, NET_TRACE_PACKET, count_sent, &log);
  sim_trace_ignore(lab->sim, TCP_TRACE_SAMPLE, note_pipe, &log);
  g_string_free(log.pipes, TRUE);
  lab_free(lab);
}

static void
no_threshold_before_the_handshake_is_over(void)
{
  LabSettings settings = {.seed = 1};
  Lab *l = lab_new(&settings);
  lab_connect(l);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpint(info.state, ==, TCP_SYN_SENT);
  g_assert_cmpuint(info.ssthresh, ==, UINT64_MAX);
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  script_add(tests);
  g_test_add_func("/tcp/recovery/fast-retransmit-behind-2-gb", fast_retransmit_behind_2_gb);
  g_test_add_func("/tcp/recovery/recoveries-are-told", recoveries_are_told);
  g_test_add_func("/tcp/recovery/a-pause-is-told-as-needless", a_pause_is_told_as_needless);
  g_test_add_func("/tcp/recovery/prr-sends-for-every-other-one", prr_sends_for_every_other_one);
  g_test_add_func("/tcp/recovery/no-threshold-before-the-handshake-is-over",
                  no_threshold_before_the_handshake_is_over);
  return g_test_run();
}
