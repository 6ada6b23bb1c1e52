/* test-close: closing in order, by reset, and what is still heard afterwards. */
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

/* We have closed a connection with timestamps, whose last from the peer is 1020. */
#define STAMPED_TIME_WAIT                                                                          \
  "listen", "< S 0:0(0) win 65535 <mss 1460,TS val 1000 ecr 0>",                                   \
      "> S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 10 ecr 1000>",                                   \
      "+.1 < . 1:1(0) ack 1 win 65535 <TS val 1010 ecr 10>", "accept", "close",                    \
      "> F. 1:1(0) ack 1 <...>", "+.1 < F. 1:1(0) ack 2 win 65535 <TS val 1020 ecr 10>",           \
      "> . 2:2(0) ack 2 <...>", "is state TIME-WAIT"

/* Closed by its user, and all that it sent is acknowledged. */
#define ORPHAN                                                                                     \
  PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.05 < . 1:1(0) ack 2 win 65535",          \
      "is state FIN-WAIT-2"

static const ScriptTest tests[] = {
    {"/tcp/close/abort-sends-rst", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "abort", "> R. 1:1(0) ack 1", "is state CLOSED",
            "is error aborted")},
    {"/tcp/close/active", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+.1 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2")},
    {"/tcp/close/data-after-close-gets-rst", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+.1 < P. 1:501(500) ack 2 win 65535", "> R 2:2(0)")},
    {"/tcp/close/fin-and-ack-together", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2")},
    {"/tcp/close/fin-beyond-window-holds-data", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1000>"), "< . 1:1(0) ack 1 win 1000", "write 2000",
            "> . 1:1001(1000) ack 1", "close", "+.1 < . 1:1(0) ack 1001 win 1000",
            "+.3 > P. 1001:2001(1000) ack 1", "+.1 < . 1:1(0) ack 2001 win 1000",
            "> FP. 2001:2001(0) ack 1")},
    {"/tcp/close/fin-retransmit", SCRIPT_BOTH,
     SCRIPT("set min_rto 0.2", PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "+.3 > F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2")},
    {"/tcp/close/fin-with-data", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< FP. 1:501(500) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 502",
            "read 500", "is at_end 1")},
    {"/tcp/close/half-close", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "shutdown", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+.1 < P. 1:501(500) ack 2 win 65535", "+0~+.5 > . 2:2(0) ack 501", "read 500",
            "write 10 0", "+.1 < F. 501:501(0) ack 2 win 65535", "> . 2:2(0) ack 502",
            "is at_end 1")},
    {"/tcp/close/passive", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< F. 1:1(0) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 2",
            "+.1 is at_end 1", "is state CLOSE-WAIT", "close", "> F. 1:1(0) ack 2",
            "+.1 < . 2:2(0) ack 2 win 65535")},
    {"/tcp/close/peer-reset", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< R. 1:1(0) ack 1 win 0", "is error reset")},
    {"/tcp/close/queued-data-before-fin", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1000>"), "< . 1:1(0) ack 1 win 1000", "write 2000",
            "> . 1:1001(1000) ack 1", "close", "+.1 < . 1:1(0) ack 1001 win 2000",
            "> FP. 1001:2001(1000) ack 1", "+.1 < F. 1:1(0) ack 2002 win 65535",
            "> . 2002:2002(0) ack 2")},
    {"/tcp/close/rst-on-unread-data", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< P. 1:501(500) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 501",
            "+.1 close", "> R. 1:1(0) ack 501")},
    {"/tcp/close/simultaneous", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.05 < F. 1:1(0) ack 1 win 65535",
            "> . 2:2(0) ack 2", "+.05 < . 2:2(0) ack 2 win 65535")},
    {"/tcp/close/time-wait-re-ack", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+.6 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2")},
    {"/tcp/close/abort-throws-queued-data-away", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1000>"), "< . 1:1(0) ack 1 win 65535", "write 1000",
            "> P. 1:1001(1000) ack 1", "+.01 abort", "> R. 1001:1001(0) ack 1", "+100 wait")},
    {"/tcp/close/time-wait-lasts-60-s", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "is state TIME-WAIT", "+59.999 is state TIME-WAIT",
            "+.001 is state CLOSED", "is error closed")},
    {"/tcp/close/time-wait-lasts-2-msl", SCRIPT_RFC,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+239.999 is state TIME-WAIT", "+.001 is state CLOSED")},
    {"/tcp/close/time-wait-starts-again-with-a-repeated-fin", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+50 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2",
            "+59.999 is state TIME-WAIT", "+.001 is state CLOSED")},
    {"/tcp/close/time-wait-rst-kills", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < R 2:2(0) win 0", "is state CLOSED")},
    {"/tcp/close/time-wait-rst-ignored-by-rfc1337", SCRIPT_BOTH,
     SCRIPT("set rfc1337 true", ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "+.1 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2", "+1 < R 2:2(0) win 0",
            "is state TIME-WAIT")},
    {"/tcp/close/orphan-leaves-fin-wait-2-after-60-s", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+59.999 is state FIN-WAIT-2", "+.001 is state CLOSED")},
    /* -- an orphan's FIN-WAIT-2, which Linux keeps as it keeps a TIME-WAIT -- */
    {"/tcp/close/orphan-ends-by-a-reset-in-its-window", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< R 500:500(0) win 0", "is state CLOSED")},
    {"/tcp/close/orphan-answers-a-reset-outside-its-window", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< R 0:0(0) win 0", "> . 2:2(0) ack 1", "< R 0:0(0) win 0",
            "is state FIN-WAIT-2")},
    {"/tcp/close/orphan-ends-by-a-syn-in-its-window", SCRIPT_LINUX,
     SCRIPT("set isn 0", ORPHAN, "< S 5000:5000(0) win 65535 <mss 1460>", "> R. 0:0(0) ack 5001",
            "is state CLOSED")},
    {"/tcp/close/orphan-answers-a-syn-below-its-window", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< S 0:0(0) win 65535 <mss 1460>", "> . 2:2(0) ack 1", "is state FIN-WAIT-2")},
    {"/tcp/close/orphan-ends-by-a-fin-beyond-a-gap", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< F. 101:101(0) ack 2 win 65535", "> R 2:2(0)", "is state CLOSED")},
    {"/tcp/close/orphan-minds-no-acknowledgement", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< . 1:1(0) ack 900 win 65535", "< . 100:100(0) ack 2 win 65535",
            "< F. 1:1(0) ack 900 win 65535", "> . 2:2(0) ack 2", "is state TIME-WAIT")},
    {"/tcp/close/orphan-repeats-its-ack-for-old-data", SCRIPT_LINUX,
     SCRIPT(ORPHAN, "< . 0:1(1) ack 2 win 65535", "> . 2:2(0) ack 1", "< . 0:1(1) ack 2 win 65535",
            "> . 2:2(0) ack 1", "< F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2")},
    {"/tcp/close/orphan-that-may-wait-longer-stays-whole-at-first", SCRIPT_LINUX,
     SCRIPT("set fin_timeout 100", ORPHAN, "< R 500:500(0) win 0", "> . 2:2(0) ack 1",
            "is state FIN-WAIT-2", "+40 < R 500:500(0) win 0", "is state CLOSED")},
    {"/tcp/close/fin-beyond-a-gap-before-the-ack-of-ours", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "+.05 < F. 101:101(0) ack 1 win 65535", "> R 1:1(0)", "is state CLOSED")},
    {"/tcp/close/fin-beyond-a-gap-with-the-ack-of-ours", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "+.05 < F. 101:101(0) ack 2 win 65535", "> R 2:2(0)", "is state CLOSED")},
    /* RFC 9293 3.10.7.4 and RFC 5961 3.2, 4.2 know of no orphans. */
    {"/tcp/close/orphan-challenges-a-reset-in-its-window", SCRIPT_RFC,
     SCRIPT(ORPHAN, "< R 500:500(0) win 0", "> . 2:2(0) ack 1", "is state FIN-WAIT-2",
            "+1 < S 5000:5000(0) win 65535 <mss 1460>", "> . 2:2(0) ack 1", "is state FIN-WAIT-2",
            "< F. 101:101(0) ack 2 win 65535", "> . 2:2(0) ack 1", "is state FIN-WAIT-2")},
    {"/tcp/close/data-for-who-reads-no-more-gets-rst", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "stop reading", "< P. 1:101(100) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 101", "read 100", "shutdown", "> F. 1:1(0) ack 101",
            "+.05 < . 101:101(0) ack 2 win 65535", "< P. 101:201(100) ack 2 win 65535",
            "> R 2:2(0)", "is state CLOSED", "is error reset")},
    {"/tcp/close/half-closed-stays-in-fin-wait-2", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "shutdown", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+10000 is state FIN-WAIT-2", "< F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2",
            "is state TIME-WAIT")},
    {"/tcp/close/fin-wait-2-timer-ends-with-time-wait", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+59 < F. 1:1(0) ack 2 win 65535", "> . 2:2(0) ack 2", "+59.999 is state TIME-WAIT",
            "+.001 is state CLOSED")},
    {"/tcp/close/data-before-the-ack-of-our-fin-gets-rst", SCRIPT_BOTH,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "+.05 < P. 1:101(100) ack 1 win 65535", "> R 1:1(0)", "is state CLOSED")},
    {"/tcp/close/passive-close-at-once-carries-the-ack", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1460>"), "< F. 1:1(0) ack 1 win 65535", "is state CLOSE-WAIT", "close",
            "> F. 1:1(0) ack 2", "is state LAST-ACK", "+.1 < . 2:2(0) ack 2 win 65535",
            "is state CLOSED", "is error closed")},
    {"/tcp/close/repeated-fin-in-close-wait-is-acked", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< F. 1:1(0) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 2",
            "+1 < F. 1:1(0) ack 1 win 65535", "> . 1:1(0) ack 2", "is state CLOSE-WAIT")},
    {"/tcp/close/repeated-fin-in-last-ack-is-acked", SCRIPT_BOTH,
     SCRIPT("set initial_rto 10", PASSIVE("<mss 1460>"), "< F. 1:1(0) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 2", "close", "> F. 1:1(0) ack 2",
            "+.01 < F. 1:1(0) ack 1 win 65535", "> . 2:2(0) ack 2", "is state LAST-ACK",
            "+.1 < . 2:2(0) ack 2 win 65535", "is state CLOSED")},
    {"/tcp/close/reset-in-close-wait", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "< F. 1:1(0) ack 1 win 65535", "+0~+.5 > . 1:1(0) ack 2",
            "< R 2:2(0) win 0", "is state CLOSED", "is error reset")},
    {"/tcp/close/close-before-established-waits", SCRIPT_BOTH,
     SCRIPT("connect", "> S 0:0(0) <...>", "+.05 < S 0:0(0) win 65535 <mss 1460>",
            "> S. 0:0(0) ack 1 <...>", "shutdown", "is state SYN-RECEIVED",
            "+.05 < . 1:1(0) ack 1 win 65535", "> F. 1:1(0) ack 1", "is state FIN-WAIT-1")},
    {"/tcp/close/fin-given-up-by-an-orphan", SCRIPT_BOTH,
     SCRIPT("set orphan_retries 2", "set retries_as_time false", "set min_rto 0.2",
            PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.3 > F. 1:1(0) ack 1",
            "+.6 > F. 1:1(0) ack 1", "+1.2 is state CLOSED", "is error timed out")},
    {"/tcp/close/vanish-says-nothing", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "write 100", "> P. 1:101(100) ack 1", "vanish",
            "is state CLOSED", "< . 1:1(0) ack 101 win 65535", "> R 101:101(0)")},
    {"/tcp/close/new-syn-reopens-from-time-wait", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "is state TIME-WAIT", "+1 < S 5000:5000(0) win 65535 <mss 1460>",
            "> S. 0:0(0) ack 5001 <mss 1460>", "is state CLOSED")},
    {"/tcp/close/old-syn-in-time-wait-gets-nothing", SCRIPT_RFC,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < S 0:0(0) win 65535 <mss 1460>", "is state TIME-WAIT")},
    /* RFC 6191: a later timestamp makes up for a number that is not beyond the old ones ... */
    {"/tcp/close/later-timestamp-reopens-from-time-wait", SCRIPT_BOTH,
     SCRIPT(STAMPED_TIME_WAIT, "+1 < S 0:0(0) win 65535 <mss 1460,TS val 2000 ecr 0>",
            "> S. 0:0(0) ack 1 <...>", "is state CLOSED", "is half_open 1")},
    /* ... an earlier one makes the best number useless ... */
    {"/tcp/close/earlier-timestamp-does-not-reopen/linux", SCRIPT_LINUX,
     SCRIPT(STAMPED_TIME_WAIT, "+1 < S 5000:5000(0) win 65535 <mss 1460,TS val 900 ecr 0>",
            "> . 2:2(0) ack 2 <...>", "is state TIME-WAIT")},
    {"/tcp/close/earlier-timestamp-does-not-reopen/rfc9293", SCRIPT_RFC,
     SCRIPT(STAMPED_TIME_WAIT, "+1 < S 5000:5000(0) win 65535 <mss 1460,TS val 900 ecr 0>",
            "is state TIME-WAIT")},
    /* ... and an equal one, or none, leaves it to the number. */
    {"/tcp/close/equal-timestamp-and-later-number-reopen", SCRIPT_BOTH,
     SCRIPT(STAMPED_TIME_WAIT, "+1 < S 5000:5000(0) win 65535 <mss 1460,TS val 1020 ecr 0>",
            "> S. 0:0(0) ack 5001 <...>", "is state CLOSED")},
    {"/tcp/close/later-number-without-timestamp-reopens", SCRIPT_BOTH,
     SCRIPT(STAMPED_TIME_WAIT, "+1 < S 5000:5000(0) win 65535 <mss 1460>",
            "> S. 0:0(0) ack 5001 <...>", "is state CLOSED")},
    {"/tcp/close/first-timestamp-reopens-from-time-wait", SCRIPT_BOTH,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < S 0:0(0) win 65535 <mss 1460,TS val 5 ecr 0>",
            "> S. 0:0(0) ack 1 <...>", "is state CLOSED")},
    {"/tcp/close/linger-0-resets", SCRIPT_BOTH,
     SCRIPT("set linger 0", PASSIVE("<mss 1460>"), "write 100", "> P. 1:101(100) ack 1", "close",
            "> R. 101:101(0) ack 1", "is state CLOSED")},
    {"/tcp/close/one-orphan-too-many-is-reset", SCRIPT_BOTH,
     SCRIPT("set max_orphans 0", PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "> R. 2:2(0) ack 1", "is state CLOSED", "is error aborted")},
    {"/tcp/close/orphans-that-are-allowed-close-in-order", SCRIPT_BOTH,
     SCRIPT("set max_orphans 1", PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1",
            "is orphans 1", "+.1 < . 1:1(0) ack 2 win 65535", "is state FIN-WAIT-2",
            "is orphans 0")},
    {"/tcp/close/old-syn-in-time-wait-gets-ack", SCRIPT_LINUX,
     SCRIPT(PASSIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < S 0:0(0) win 65535 <mss 1460>", "> . 2:2(0) ack 2",
            "is state TIME-WAIT")},
    {NULL},
};

typedef struct Pair {
  TcpConn *conns[3];
  unsigned closed; /* how often CLOSED was told */
} Pair;

/* The first to hear of the end lets the other one go and opens a new one. */
static void
on_pair_event(TcpConn *conn, unsigned events, void *user)
{
  static const TcpUserOps nothing;
  Pair *pair = user;
  if (!(events & TCP_EVENT_CLOSED))
    return;
  pair->closed++;
  g_assert_cmpint(tcp_error(conn), ==, TCP_ERROR_ABORTED);
  TcpConnectArgs args = {.destination = tcp_endpoints(conn).remote, .port = 80, .ops = &nothing};
  for (int i = 0; i < 2; i++)
    if (pair->conns[i] == conn)
      tcp_release(pair->conns[1 - i]);
  pair->conns[2] = tcp_connect(tcp_conn_host(conn), &args, NULL);
}

static void
restart_while_users_let_go_and_reconnect(void)
{
  static const TcpUserOps ops = {.event = on_pair_event};
  Pair pair = {0};
  LabSettings settings = {.seed = 1};
  Lab *lab = lab_new(&settings);
  for (int i = 0; i < 2; i++) {
    TcpConnectArgs args = {.destination = node_address(lab->server_node),
                           .port = (uint16_t)(80 + i),
                           .ops = &ops,
                           .user = &pair};
    pair.conns[i] = tcp_connect(lab->client_host, &args, NULL);
  }
  tcp_host_restart(lab->client_host);
  g_assert_cmpuint(pair.closed, ==, 1);
  g_assert_cmpuint(tcp_host_connections(lab->client_host), ==, 1);
  g_assert_cmpint(tcp_state(pair.conns[2]), ==, TCP_SYN_SENT);
  tcp_release(pair.conns[0]);
  tcp_release(pair.conns[2]);
  lab_run(lab, SIM_SECOND);
  lab_free(lab);
}

/* -- tcp_connect() from the port of a TIME-WAIT -- */

static int reuse; /* TCP_REUSE_..., of the hosts of a lab */

static void
tune_reuse(TcpProfile *profile, bool server)
{
  profile->time_wait_reuse = reuse;
}

static void
close_client(Lab *lab)
{
  tcp_close(lab->client.conn);
}

/* A lab whose client closed a connection from port 5000 and waits in TIME-WAIT. */
static Lab *
lab_in_time_wait(int how)
{
  reuse = how;
  LabSettings settings = {
      .seed = 1, .profile = "linux", .client_port = 5000, .absolute = true, .tune = tune_reuse};
  Lab *lab = lab_new(&settings);
  lab->server.close_at_end = true;
  lab_listen(lab);
  lab_connect(lab);
  lab_at(lab, SIM_SECOND, close_client);
  lab_run(lab, 2 * SIM_SECOND);
  g_assert_cmpint(tcp_state(lab->client.conn), ==, TCP_TIME_WAIT);
  return lab;
}

static TcpConn *
connect_again(Lab *lab, GError **error)
{
  static const TcpUserOps nothing;
  TcpConnectArgs args = {.destination = node_address(lab->server_node),
                         .port = tcp_endpoints(lab->client.conn).remote_port,
                         .from_port = 5000,
                         .ops = &nothing};
  return tcp_connect(lab->client_host, &args, error);
}

static void
time_wait_is_taken_over(void)
{
  Lab *lab = lab_in_time_wait(TCP_REUSE_ON);
  /* The last timestamp came at 1.1 s: the peer's clock may not have ticked since. */
  g_assert_null(connect_again(lab, NULL));
  lab_run(lab, 3 * SIM_SECOND);
  TcpConn *conn = connect_again(lab, NULL);
  g_assert_nonnull(conn);
  g_assert_cmpint(tcp_state(lab->client.conn), ==, TCP_CLOSED);
  g_assert_cmpint(tcp_error(lab->client.conn), ==, TCP_OK);
  lab_run(lab, 4 * SIM_SECOND);
  g_assert_cmpint(tcp_state(conn), ==, TCP_ESTABLISHED);
  tcp_release(conn);
  lab_free(lab);
}

static void
time_wait_is_not_taken_over(void)
{
  Lab *lab = lab_in_time_wait(TCP_REUSE_LOOPBACK);
  GError *error = NULL;
  g_assert_null(connect_again(lab, &error));
  g_assert_error(error, SIM_ERROR, SIM_ERROR_STATE);
  g_error_free(error);
  lab_free(lab);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  script_add(tests);
  g_test_add_func("/tcp/close/restart-while-users-let-go-and-reconnect",
                  restart_while_users_let_go_and_reconnect);
  g_test_add_func("/tcp/close/time-wait-is-taken-over", time_wait_is_taken_over);
  g_test_add_func("/tcp/close/time-wait-is-not-taken-over", time_wait_is_not_taken_over);
  return g_test_run();
}
