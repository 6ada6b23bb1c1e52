/* test-close: closing in order, by reset, and what is still heard afterwards. */
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

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
            "> F. 2001:2001(0) ack 1")},
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
    {"/tcp/close/time-wait-rst-kills", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < R 2:2(0) win 0", "is state CLOSED")},
    {"/tcp/close/time-wait-rst-ignored-by-rfc1337", SCRIPT_RFC,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < F. 1:1(0) ack 2 win 65535",
            "> . 2:2(0) ack 2", "+1 < R 2:2(0) win 0", "is state TIME-WAIT")},
    {"/tcp/close/orphan-leaves-fin-wait-2-after-60-s", SCRIPT_LINUX,
     SCRIPT(ACTIVE("<mss 1460>"), "close", "> F. 1:1(0) ack 1", "+.1 < . 1:1(0) ack 2 win 65535",
            "+59.999 is state FIN-WAIT-2", "+.001 is state CLOSED")},
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
    {"/tcp/close/old-syn-in-time-wait-gets-ack", SCRIPT_BOTH,
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

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  script_add(tests);
  g_test_add_func("/tcp/close/restart-while-users-let-go-and-reconnect",
                  restart_while_users_let_go_and_reconnect);
  return g_test_run();
}
