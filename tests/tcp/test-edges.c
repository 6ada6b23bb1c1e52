/* test-edges: where fields end and clocks wrap, and what the property test has found.
 *
 * Each of the latter is one small case of a seed that failed once. */
#include "tests/tcp/lab.h"
#include "tests/tcp/script.h"

static const ScriptTest tests[] = {
    /* RFC 7323 2.2 and 2.3: the field of a SYN is not scaled, 14 is the most, and 2^30 the window.
     */
    {"/tcp/edges/scale-14-with-a-window-of-a-gigabyte", SCRIPT_LINUX,
     SCRIPT("set autotune false", "set window_scale 14", "set receive_buffer 1073725440",
            "set send_buffer 1000000", "listen", "< S 0:0(0) win 65535 <mss 1000,nop,wscale 14>",
            "> S. 0:0(0) ack 1 <mss 1460,nop,wscale 14>", "+.1 < . 1:1(0) ack 1 win 65535",
            "accept", "is snd_wnd 1073725440", "< P. 1:1001(1000) ack 1 win 65535",
            "+0~+.5 > . 1:1(0) ack 1001 win 65535", "write 1000", "> P. 1:1001(1000) ack 1001",
            "+.1 < . 1001:1001(0) ack 1001 win 65535", "is snd_wnd 1073725440")},
    /* The second SYN+ACK is another's view of the options: what counts is the one that opens. */
    {"/tcp/edges/repeated-syn-ack-without-scaling-changes-nothing", SCRIPT_BOTH,
     SCRIPT("set window_scale 7", "connect", "> S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 1000 <mss 1000,nop,wscale 7>", "> . 1:1(0) ack 1",
            "+.1 < S. 0:0(0) ack 1 win 1000 <mss 1000>", "> . 1:1(0) ack 1", "write 1000",
            "> P. 1:1001(1000) ack 1", "+.1 < . 1:1(0) ack 1001 win 1000", "is snd_wnd 128000")},
    /* The first was lost, and with it the offer: neither side scales. */
    {"/tcp/edges/only-the-repeated-syn-ack-came-and-has-no-scale", SCRIPT_BOTH,
     SCRIPT("set window_scale 7", "connect", "> S 0:0(0) <...>", "+1 > S 0:0(0) <...>",
            "+.1 < S. 0:0(0) ack 1 win 1000 <mss 1000>", "> . 1:1(0) ack 1", "write 1000",
            "> P. 1:1001(1000) ack 1", "+.1 < . 1:1(0) ack 1001 win 1000", "is snd_wnd 1000")},
    /* RFC 7323 5.2: the peer's clock passes 2^32, and 5 is later than 4294967290. */
    {"/tcp/edges/timestamps-wrap", SCRIPT_BOTH,
     SCRIPT("listen", "< S 0:0(0) win 65535 <mss 1012,nop,nop,TS val 4294967290 ecr 0>",
            "> S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 4294967290>",
            "+.1 < . 1:1(0) ack 1 win 65535 <nop,nop,TS val 4294967295 ecr 100>", "accept",
            "< P. 1:101(100) ack 1 win 65535 <nop,nop,TS val 5 ecr 100>",
            "+0~+.5 > . 1:1(0) ack 101 <nop,nop,TS val 200 ecr 5>",
            "< P. 101:201(100) ack 1 win 65535 <nop,nop,TS val 4294967293 ecr 100>",
            "> . 1:1(0) ack 101 <...>", "read 100")},
    /* Linux: nobody waits for an orphan's window for ever, though each probe be answered. */
    {"/tcp/edges/orphan-gives-up-a-shut-window", SCRIPT_LINUX,
     SCRIPT("set max_rto 1", PASSIVE("<mss 1460>"), "< . 1:1(0) ack 1 win 0", "write 1000",
            "release", "+.3 > . 0:0(0) ack 1", "< . 1:1(0) ack 1 win 0", "+.6 > . 0:0(0) ack 1",
            "< . 1:1(0) ack 1 win 0", "is orphans 1", "+1.1 is orphans 0")},

    /* -- found by the property test -- */

    /* A keepalive's answer put the persist timer off, so that nobody ever used the window. */
    {"/tcp/edges/keepalive-leaves-data-that-waits-alone", SCRIPT_LINUX,
     SCRIPT("set keepalive.idle 0.2", "set keepalive.interval 0.2", PASSIVE("<mss 1000>"),
            "set cork true", "write 600", "+.3 > P. 1:601(600) ack 1")},
    /* More than this was sent as a whole, dropped as a whole, and its ACK with it. */
    {"/tcp/edges/retransmission-keeps-within-a-smaller-window", SCRIPT_BOTH,
     SCRIPT("set min_rto 0.2", PASSIVE("<mss 1000>"), "write 2000", "> P. 1:2001(2000) ack 1",
            "+.1 < . 1:1(0) ack 1001 win 400", "+.2~+1 > . 1001:1401(400) ack 1",
            "+.1 < . 1:1(0) ack 1401 win 65535", "> P. 1401:2001(600) ack 1")},
    {NULL},
};

/* The count of retries stood still at 30, and more of them were for ever. */
static void
many_retries(TcpProfile *profile, bool server)
{
  profile->retries = 40;
  profile->retries_as_time = false;
  profile->tail_loss_probe = false;
  profile->max_rto = SIM_SECOND;
}

static void
retries_end_beyond_thirty(void)
{
  LabSettings settings = {.tune = many_retries};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_connect(lab);
  lab_run(lab, SIM_SECOND);
  link_down(&lab->wire->forward);
  lab_send(lab, &lab->client, 1000, NULL);
  lab_run(lab, 100 * SIM_SECOND);
  TcpInfo info;
  tcp_info(lab->client.conn, &info);
  g_assert_cmpint(tcp_error(lab->client.conn), ==, TCP_ERROR_TIMED_OUT);
  g_assert_cmpuint(info.retransmits, ==, 40);
  lab_free(lab);
}

/* The window opened in steps, of a sixteenth of the buffer or of a segment, that the buffer's
 * memory could not hold, and stayed shut. */
static void
little_memory(TcpProfile *profile, bool server)
{
  profile->autotune = false;
  profile->receive_buffer = 9000;
  profile->receive_memory = 800;
}

static void
window_opens_by_what_memory_holds(gconstpointer profile)
{
  LabSettings settings = {.profile = profile, .tune = little_memory};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_connect(lab);
  lab_send(lab, &lab->client, 30000, NULL);
  lab_run(lab, 1000 * SIM_SECOND);
  g_assert_cmpuint(lab->server.received_count, ==, 30000);
  lab_free(lab);
}

/* A search for the MTU made segments larger than the bytes that cwnd and ssthresh then were. */
static void
small_then_large(TcpProfile *profile, bool server)
{
  profile->initial_window = 1;
  profile->mtu_probing = TCP_MTU_PROBING_ALWAYS;
  profile->mtu_probe_base = 100;
  profile->send_buffer = profile->send_buffer_max = 1000000;
}

static void
windows_hold_a_larger_segment(void)
{
  LabSettings settings = {.tune = small_then_large};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_connect(lab);
  lab_rule(lab, RULE_DROP, "DATA#4", 0);
  lab_send(lab, &lab->client, 100000, NULL);
  uint32_t before = 0, growths = 0;
  for (SimTime time = 0; time < 60 * SIM_SECOND; time += 10 * SIM_MILLISECOND) {
    lab_run(lab, time);
    TcpInfo info;
    tcp_info(lab->client.conn, &info);
    g_assert_true(info.cwnd >= info.mss || info.bytes_sent == 0);
    g_assert_true(info.ssthresh >= 2 * info.mss);
    growths += before > 0 && info.mss > before;
    before = info.mss;
  }
  g_assert_cmpuint(growths, >, 0);
  g_assert_cmpuint(lab->server.received_count, ==, 100000);
  lab_free(lab);
}

/* Urgent data that found the send buffer full was never asked for again. */
static void
full_buffer_is_told_to_urgent_writers(void)
{
  LabSettings settings = {0};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_connect(lab);
  lab_run(lab, SIM_SECOND);
  TcpConn *conn = lab->client.conn;
  g_assert_cmpuint(tcp_send(conn, 65536, NULL), ==, 65536); /* all that there is room for */
  g_assert_cmpuint(tcp_send_urgent(conn, 1, NULL), ==, 0);
  lab_run(lab, 10 * SIM_SECOND);
  g_assert_true(lab->client.events & TCP_EVENT_WRITABLE);
  lab_free(lab);
}

/* The time-out's own segment waited for its time, F-RTO took the time-out back meanwhile, cwnd let
 * nothing out then, and no timer was on. */
static void
paced(TcpProfile *profile, bool server)
{
  profile->tail_loss_probe = false;
  profile->pacing = TCP_PACING_ON;
  profile->max_pacing_rate = 5000; /* bit/s: more than two seconds a segment */
  profile->initial_window = 20;
}

static bool timer_was_off; /* while the client had something out */

static void
look(Sim *sim, const void *data, void *user)
{
  const TcpTimerRecord *record = data;
  TcpDetails details;
  if (record->timer != TCP_TIMER_RETRANSMIT)
    return;
  tcp_details(record->conn, &details);
  if (record->event == TCP_TIMER_FIRE)
    timer_was_off = details.segments_out > 0;
  else if (record->event == TCP_TIMER_SET)
    timer_was_off = false;
}

static void
paced_time_out_sets_its_timer(void)
{
  LabSettings settings = {.profile = "linux", .tune = paced};
  Lab *lab = lab_new(&settings);
  lab_listen(lab);
  lab_connect(lab);
  lab_run(lab, SIM_SECOND);
  sim_trace_listen(lab->sim, TCP_TRACE_TIMER, look, NULL);
  lab_send(lab, &lab->client, 20000, NULL);
  link_down(&lab->wire->forward);
  for (SimTime time = SIM_SECOND; time < 20 * SIM_SECOND; time += 10 * SIM_MILLISECOND) {
    lab_run(lab, time);
    g_assert_false(timer_was_off);
  }
  TcpInfo info;
  tcp_info(lab->client.conn, &info);
  g_assert_cmpuint(info.timeouts, >=, 3);
  sim_trace_ignore(lab->sim, TCP_TRACE_TIMER, look, NULL);
  lab_free(lab);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  script_add(tests);
  g_test_add_func("/tcp/edges/retries-end-beyond-thirty", retries_end_beyond_thirty);
  g_test_add_data_func("/tcp/edges/window-opens-by-what-memory-holds/linux", "linux",
                       window_opens_by_what_memory_holds);
  g_test_add_data_func("/tcp/edges/window-opens-by-what-memory-holds/rfc9293", "rfc9293",
                       window_opens_by_what_memory_holds);
  g_test_add_func("/tcp/edges/windows-hold-a-larger-segment", windows_hold_a_larger_segment);
  g_test_add_func("/tcp/edges/full-buffer-is-told-to-urgent-writers",
                  full_buffer_is_told_to_urgent_writers);
  g_test_add_func("/tcp/edges/paced-time-out-sets-its-timer", paced_time_out_sets_its_timer);
  return g_test_run();
}
