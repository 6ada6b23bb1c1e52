/* test-validation: what becomes of a congestion window that is not used. The round trip is 100 ms,
 * the wire infinitely fast, and the client has grown its window by 100 segments in slow start
 * before each test's own part begins: 110 segments, of which the last round trip used 30. Data
 * flows from the client. */
#include "models/tcp/tcp-conn.h"
#include "tests/tcp/lab.h"

#define MSS 1448
#define MS SIM_MILLISECOND
#define GROWN 110 /* segments: the initial ten, and one for each of those acknowledged */

static void
with(TcpProfile *profile, int validation)
{
  profile->cc = &cc_reno;
  profile->delayed_ack = MS; /* an odd segment's ACK is not late */
  profile->send_buffer = profile->send_buffer_max = 4 << 20;
  profile->receive_buffer = profile->receive_buffer_max = 1 << 20;
  profile->cwnd_validation = validation;
}

static void
off(TcpProfile *profile, bool server)
{
  with(profile, TCP_CWND_VALIDATION_OFF);
}

static void
as_linux(TcpProfile *profile, bool server)
{
  with(profile, TCP_CWND_VALIDATION_LINUX);
}

static void
rfc7661(TcpProfile *profile, bool server)
{
  with(profile, TCP_CWND_VALIDATION_RFC7661);
}

static void
rfc7661_bbr(TcpProfile *profile, bool server)
{
  rfc7661(profile, server);
  profile->cc = &cc_bbr;
}

static TcpInfo
client(const Lab *l)
{
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  return info;
}

static uint64_t
cwnd(const Lab *l)
{
  return client(l).cwnd / MSS;
}

static uint64_t
threshold(const Lab *l)
{
  return client(l).ssthresh / MSS;
}

static void
nothing(Lab *l)
{
}

/* Time goes on where nothing happens, too. */
static void
pass(Lab *l, SimTime time)
{
  SimTime until = sim_now(l->sim) + time;
  lab_at(l, until, nothing);
  lab_run(l, until);
}

static void
write_segments(Lab *l, unsigned segments)
{
  lab_send(l, &l->client, (uint64_t)segments * MSS, NULL);
}

static Lab *
connected(void (*tune)(TcpProfile *, bool))
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = tune};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  lab_connect(l);
  return l;
}

/* The last ACK has just come. */
static Lab *
grown(void (*tune)(TcpProfile *, bool))
{
  Lab *l = connected(tune);
  write_segments(l, 100);
  lab_run(l, 501 * MS); /* 1 (SYN) + 4 round trips: 10, 20, 40, 30 */
  g_assert_cmpuint(client(l).bytes_acked, ==, 100 * MSS);
  return l;
}

static void
nvp_keeps_cwnd(void)
{
  Lab *l = grown(rfc7661);
  g_assert_cmpuint(cwnd(l), ==, GROWN);
  pass(l, 200 * SIM_SECOND);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, GROWN);
  lab_free(l);
}

static void
nvp_grows_only_when_full(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 2 * SIM_SECOND);
  for (int i = 0; i < 20; i++) {
    write_segments(l, 40);
    pass(l, 150 * MS);
  }
  g_assert_cmpuint(cwnd(l), ==, GROWN);
  write_segments(l, GROWN + 10);
  pass(l, 250 * MS);
  g_assert_cmpuint(cwnd(l), >, GROWN);
  lab_free(l);
}

/* More than half is validated: then the standard rules hold, and cwnd grows up to twice what is
 * used. */
static void
half_of_cwnd_validates(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 2 * SIM_SECOND);
  for (int i = 0; i < 20; i++) {
    write_segments(l, 60);
    pass(l, 150 * MS);
  }
  g_assert_cmpuint(cwnd(l), >=, 119);
  g_assert_cmpuint(cwnd(l), <=, 122 + 60);
  lab_free(l);
}

/* Nothing was used lately: ten are out, one is lost: (10 - 1) / 2. */
static void
nvp_loss_takes_the_flight(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 5 * SIM_SECOND);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  write_segments(l, 10);
  pass(l, 105 * MS);
  g_assert_cmpint(client(l).recovery, ==, TCP_RECOVERY_FAST);
  g_assert_cmpuint(threshold(l), ==, 5);
  pass(l, SIM_SECOND);
  g_assert_cmpuint(client(l).retransmits, ==, 1);
  g_assert_cmpint(client(l).recovery, ==, TCP_RECOVERY_OPEN);
  g_assert_cmpuint(cwnd(l), ==, 4);
  g_assert_cmpuint(threshold(l), ==, 4);
  lab_free(l);
}

/* 40 were acknowledged in a round trip shortly before: (40 - 2) / 2. */
static void
nvp_loss_takes_what_was_used(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 300 * MS);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  lab_rule(l, RULE_DROP, "DATA#3", 0);
  write_segments(l, 10);
  pass(l, SIM_SECOND);
  g_assert_cmpuint(client(l).retransmits, ==, 2);
  g_assert_cmpuint(cwnd(l), ==, 19);
  g_assert_cmpuint(threshold(l), ==, 19);
  lab_free(l);
}

/* The same loss, where nobody looks at what was used. */
static void
linux_loss_takes_half_of_cwnd(void)
{
  Lab *l = grown(as_linux);
  pass(l, 100 * MS);
  uint64_t before = cwnd(l);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  write_segments(l, 10);
  pass(l, SIM_SECOND);
  g_assert_cmpuint(client(l).retransmits, ==, 1);
  g_assert_cmpuint(threshold(l), ==, before / 2);
  lab_free(l);
}

/* The loss was none: the segment comes late. cwnd is as it was. */
static void
nvp_loss_is_taken_back(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 5 * SIM_SECOND);
  lab_rule(l, RULE_HOLD, "DATA#1", 80 * MS);
  write_segments(l, 10);
  pass(l, 110 * MS);
  g_assert_cmpuint(cwnd(l), <=, 10);
  pass(l, SIM_SECOND);
  g_assert_cmpint(client(l).recovery, ==, TCP_RECOVERY_OPEN);
  g_assert_cmpuint(cwnd(l), ==, GROWN);
  lab_free(l);
}

static void
after_idle(SimTime idle, uint64_t expected_cwnd, uint64_t expected_threshold)
{
  Lab *l = grown(rfc7661);
  pass(l, idle);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, expected_cwnd);
  if (expected_threshold > 0)
    g_assert_cmpuint(threshold(l), ==, expected_threshold);
  else
    g_assert_cmpuint(client(l).ssthresh, ==, UINT64_MAX);
  lab_free(l);
}

/* A sample counts for a second; the phase begins then. The window of before the first loss has no
 * threshold that 3/4 of it could raise, so one is set by a loss first. */
static void
nvp_ends_after_five_minutes(void)
{
  after_idle(299 * SIM_SECOND, GROWN, 0);
  after_idle(302 * SIM_SECOND, GROWN / 2, 0);
  after_idle(602 * SIM_SECOND, GROWN / 4, 0);
  after_idle(2402 * SIM_SECOND, 10, 0);
}

static void
nvp_ends_with_three_quarters_as_threshold(void)
{
  Lab *l = grown(rfc7661);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  write_segments(l, 200);
  pass(l, SIM_SECOND);
  uint64_t low = threshold(l);
  g_assert_cmpuint(low, <, 100);
  write_segments(l, 2000); /* grows beyond */
  pass(l, 20 * SIM_SECOND);
  uint64_t before = cwnd(l);
  pass(l, 302 * SIM_SECOND);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, before / 2);
  g_assert_cmpuint(threshold(l), ==, MAX(low, before / 2 + before / 4));
  lab_free(l);
}

static void
timeout_ends_nvp(void)
{
  Lab *l = grown(rfc7661);
  pass(l, 5 * SIM_SECOND);
  lab_rule(l, RULE_DROP, "DATA#1", 0);
  lab_rule(l, RULE_DROP, "REXMIT#1", 0); /* the tail-loss probe */
  write_segments(l, 1);
  pass(l, 5 * SIM_SECOND);
  g_assert_cmpuint(client(l).timeouts, >=, 1);
  g_assert_cmpint(client(l).recovery, ==, TCP_RECOVERY_OPEN);
  g_assert_cmpuint(threshold(l), ==, GROWN / 2); /* Linux takes half of cwnd */
  g_assert_cmpuint(cwnd(l), <=, 3);
  lab_free(l);
}

/* It sends once a window of data was acknowledged, 150 ms after the last ACK; that segment is late.
 * 350 ms after it more is sent, and nothing has said for an RTO (300 ms) that cwnd is in order. */
static void
linux_decays_when_acks_are_late(void)
{
  Lab *l = grown(as_linux);
  uint64_t before = cwnd(l);
  lab_rule(l, RULE_HOLD, "DATA#1", 150 * MS);
  pass(l, 149 * MS);
  write_segments(l, 1);
  pass(l, 200 * MS);
  g_assert_cmpuint(cwnd(l), ==, before);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, (before + 10) / 2);
  g_assert_cmpuint(client(l).timeouts, ==, 0);
  lab_free(l);
}

static void
linux_halves_for_each_timeout_of_idling(void)
{
  for (int timeouts = 1; timeouts <= 5; timeouts++) {
    Lab *l = grown(as_linux);
    uint64_t expected = MAX((uint64_t)cwnd(l) >> timeouts, 10);
    SimTime rto = l->client.conn->rto,
            idle = sim_now(l->sim) - l->client.conn->sending->last_send_at;
    pass(l, timeouts * rto + 10 * MS - idle);
    write_segments(l, 1);
    g_assert_cmpuint(client(l).cwnd, ==, expected * MSS);
    lab_free(l);
  }
}

static void
idle_restart_off(TcpProfile *profile, bool server)
{
  as_linux(profile, server);
  profile->idle_restart = false;
}

static void
linux_keeps_cwnd_where_nothing_restarts(void)
{
  Lab *l = grown(idle_restart_off);
  uint64_t before = cwnd(l);
  pass(l, 200 * SIM_SECOND);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, before);
  lab_free(l);
}

static void
bbr_keeps_its_own(void)
{
  Lab *l = connected(rfc7661_bbr);
  write_segments(l, 100);
  pass(l, 2 * SIM_SECOND);
  uint64_t before = cwnd(l);
  g_assert_null(l->client.conn->sending->validation);
  pass(l, 400 * SIM_SECOND);
  write_segments(l, 1);
  g_assert_cmpuint(cwnd(l), ==, before);
  lab_free(l);
}

/* One segment a round trip. */
static uint64_t
after_a_trickle(void (*tune)(TcpProfile *, bool))
{
  Lab *l = connected(tune);
  pass(l, 150 * MS);
  for (int i = 0; i < 40; i++) {
    write_segments(l, 1);
    pass(l, 150 * MS);
  }
  uint64_t segments = cwnd(l);
  lab_free(l);
  return segments;
}

static void
a_trickle_grows_nothing_but_with_off(void)
{
  g_assert_cmpuint(after_a_trickle(as_linux), ==, 10);
  g_assert_cmpuint(after_a_trickle(rfc7661), ==, 10);
  g_assert_cmpuint(after_a_trickle(off), >=, 45);
}

static char *
bulk(const char *profile, void (*tune)(TcpProfile *, bool))
{
  LabSettings settings = {
      .seed = 1, .profile = profile, .tune = tune, .rate = 10000000, .delay = 20 * MS};
  Lab *l = lab_new(&settings);
  for (int i = 0; i < 4; i++) {
    static const char *const drops[] = {"DATA#50", "DATA#51", "DATA#300", "DATA#900"};
    lab_rule(l, RULE_DROP, drops[i], 0);
  }
  lab_listen(l);
  lab_connect(l);
  write_segments(l, 2000);
  lab_run(l, 30 * SIM_SECOND);
  g_assert_cmpuint(l->server.received_count, ==, 2000 * MSS);
  g_assert_cmpuint(client(l).retransmits, >=, 4);
  char *timeline = g_strdup(l->timeline->str);
  lab_free(l);
  return timeline;
}

/* Who fills the window has validated it: packet for packet the same, slow start and losses too. */
static void
bulk_flow_is_the_same(void)
{
  static const char *const profiles[] = {"linux", "rfc9293"};
  for (int i = 0; i < 2; i++) {
    g_autofree char *linux_way = bulk(profiles[i], as_linux);
    g_autofree char *rfc_way = bulk(profiles[i], rfc7661);
    g_assert_cmpstr(linux_way, ==, rfc_way);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/validation/nvp-keeps-cwnd", nvp_keeps_cwnd);
  g_test_add_func("/tcp/validation/nvp-grows-only-when-full", nvp_grows_only_when_full);
  g_test_add_func("/tcp/validation/half-of-cwnd-validates", half_of_cwnd_validates);
  g_test_add_func("/tcp/validation/nvp-loss-takes-the-flight", nvp_loss_takes_the_flight);
  g_test_add_func("/tcp/validation/nvp-loss-takes-what-was-used", nvp_loss_takes_what_was_used);
  g_test_add_func("/tcp/validation/nvp-loss-is-taken-back", nvp_loss_is_taken_back);
  g_test_add_func("/tcp/validation/nvp-ends-after-five-minutes", nvp_ends_after_five_minutes);
  g_test_add_func("/tcp/validation/nvp-ends-with-three-quarters-as-threshold",
                  nvp_ends_with_three_quarters_as_threshold);
  g_test_add_func("/tcp/validation/timeout-ends-nvp", timeout_ends_nvp);
  g_test_add_func("/tcp/validation/linux-loss-takes-half-of-cwnd", linux_loss_takes_half_of_cwnd);
  g_test_add_func("/tcp/validation/linux-decays-when-acks-are-late",
                  linux_decays_when_acks_are_late);
  g_test_add_func("/tcp/validation/linux-halves-for-each-timeout-of-idling",
                  linux_halves_for_each_timeout_of_idling);
  g_test_add_func("/tcp/validation/linux-keeps-cwnd-where-nothing-restarts",
                  linux_keeps_cwnd_where_nothing_restarts);
  g_test_add_func("/tcp/validation/bbr-keeps-its-own", bbr_keeps_its_own);
  g_test_add_func("/tcp/validation/a-trickle-grows-nothing-but-with-off",
                  a_trickle_grows_nothing_but_with_off);
  g_test_add_func("/tcp/validation/bulk-flow-is-the-same", bulk_flow_is_the_same);
  return g_test_run();
}
