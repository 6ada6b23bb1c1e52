/* test-cc-bbr: BBR's model of the path, fed with samples by hand: a round trip is one ACK of a
 * window, 100 ms after the one before. The bandwidth shows in the pacing rate. How the modes follow
 * one another on a real path is in tests/tcp/test-bbr.c. */
#include "models/tcp/cc-bbr.h"

#include <glib.h>

#define MSS 1000
#define RTT (100 * SIM_MILLISECOND)

typedef struct Path {
  TcpCcPath path;
  TcpCc cc;
  Bbr bbr;
  SimTime now;
  uint64_t sent_at; /* `delivered` when what arrives next was sent */
} Path;

static void
path_init(Path *p, const BbrSettings *settings)
{
  *p = (Path){.now = SIM_SECOND, .path = {.srtt = RTT, .min_rtt = RTT, .pacing_rate = UINT64_MAX}};
  p->cc = (TcpCc){.cwnd = 10 * MSS, .mss = MSS, .path = &p->path, .settings = settings};
  cc_bbr.init(&p->cc, &p->bbr, p->now);
}

/* A round trip in which the path delivered `segments` and lost `lost` of them more. */
static void
round_trip(Path *p, uint32_t segments, uint32_t lost, bool app_limited)
{
  p->now += RTT;
  TcpCcSample sample = {.acked = (uint64_t)segments * MSS,
                        .lost = (uint64_t)lost * MSS,
                        .flight = (uint64_t)segments * MSS,
                        .prior_flight = (uint64_t)segments * MSS,
                        .delivered = (uint64_t)segments * MSS,
                        .interval = RTT,
                        .prior_delivered = p->path.delivered,
                        .rtt = RTT,
                        .app_limited = app_limited};
  p->path.delivered += sample.acked;
  p->path.lost += sample.lost;
  p->path.delivered_at = p->now;
  TcpCcAck ack = {.now = p->now, .next_send_at = p->now, .sample = &sample};
  cc_bbr.control(&p->cc, &p->bbr, &ack);
}

static void
round_trips(Path *p, int count, uint32_t segments)
{
  for (int i = 0; i < count; i++)
    round_trip(p, segments, 0, false);
}

/* 1 % less than the gain asks for. */
static void
assert_rate(const Path *p, double segments_a_second, double gain)
{
  double rate = segments_a_second * MSS * gain * 0.99;
  g_assert_cmpfloat_with_epsilon((double)p->path.pacing_rate, rate, 2);
}

static void
begins_with_the_window_over_the_round_trip(void)
{
  Path p;
  path_init(&p, NULL);
  assert_rate(&p, 100, 739.0 / 256);
  g_assert_cmpint(p.bbr.mode, ==, BBR_STARTUP);
}

static void
full_after_three_rounds_without_a_quarter_more(void)
{
  Path p;
  path_init(&p, NULL);
  round_trip(&p, 20, 0, false);
  round_trip(&p, 25, 0, false); /* exactly a quarter more is enough */
  round_trips(&p, 2, 31);
  g_assert_false(p.bbr.full);
  round_trip(&p, 32, 0, false); /* that is more than a quarter again */
  round_trips(&p, 2, 33);
  g_assert_cmpint(p.bbr.mode, ==, BBR_STARTUP);
  round_trip(&p, 33, 0, false);
  g_assert_true(p.bbr.full);
  g_assert_cmpint(p.bbr.mode, !=, BBR_STARTUP);
}

static void
rounds_of_a_slow_application_do_not_fill_the_pipe(void)
{
  Path p;
  path_init(&p, NULL);
  for (int i = 0; i < 10; i++)
    round_trip(&p, 20, 0, true);
  g_assert_cmpint(p.bbr.mode, ==, BBR_STARTUP);
}

/* Seen eleven rounds ago it is forgotten. */
static void
the_best_of_ten_round_trips(void)
{
  Path p;
  path_init(&p, NULL);
  round_trips(&p, 6, 100);
  round_trips(&p, 10, 50);
  g_assert_cmpfloat(cc_bbr_bandwidth(&p.bbr), ==, 100 * MSS / 0.1);
  round_trip(&p, 50, 0, false);
  g_assert_cmpfloat(cc_bbr_bandwidth(&p.bbr), ==, 50 * MSS / 0.1);
}

static void
a_slow_application_does_not_lower_it(void)
{
  Path p;
  path_init(&p, NULL);
  round_trips(&p, 6, 100);
  for (int i = 0; i < 50; i++)
    round_trip(&p, 10, 0, true);
  g_assert_cmpfloat(cc_bbr_bandwidth(&p.bbr), ==, 100 * MSS / 0.1);
  round_trip(&p, 120, 0, true); /* but what it shows to be possible counts */
  g_assert_cmpfloat(cc_bbr_bandwidth(&p.bbr), ==, 120 * MSS / 0.1);
}

/* Two intervals of four round trips, a fifth lost in both, at the same rate: a policer. */
static void
policed(Path *p)
{
  round_trips(p, 6, 100);
  round_trip(p, 50, 20, false); /* the bucket is dry */
  for (int i = 0; i < 8; i++)
    round_trip(p, 50, 20, false);
}

static void
a_policer_is_found_and_its_rate_kept(void)
{
  Path p;
  path_init(&p, NULL);
  policed(&p);
  g_assert_true(p.bbr.long_term.in_use);
  assert_rate(&p, 500, 1);
  for (int i = 0; i < 46; i++)
    round_trip(&p, 50, 0, false);
  g_assert_true(p.bbr.long_term.in_use);
  assert_rate(&p, 500, 1); /* no phases */
  round_trips(&p, 2, 50);
  g_assert_false(p.bbr.long_term.in_use);
}

static void
no_policer_where_none_is_looked_for(void)
{
  BbrSettings settings = *(const BbrSettings *)cc_bbr.defaults;
  settings.policers = false;
  Path p;
  path_init(&p, &settings);
  policed(&p);
  g_assert_false(p.bbr.long_term.in_use);
}

/* A tenth is not enough to look for one. */
static void
few_losses_are_no_policer(void)
{
  Path p;
  path_init(&p, NULL);
  round_trips(&p, 6, 100);
  for (int i = 0; i < 40; i++)
    round_trip(&p, 50, 5, false);
  g_assert_false(p.bbr.long_term.in_use);
}

/* All of a window comes at once, which is a round trip's worth more than the bandwidth explains:
 * cwnd has to cover that, too. */
static void
bunched_acks_make_cwnd_larger(void)
{
  BbrSettings settings = *(const BbrSettings *)cc_bbr.defaults;
  settings.ack_aggregation = false;
  Path plain, allowed;
  path_init(&plain, &settings);
  path_init(&allowed, NULL);
  round_trips(&plain, 30, 100);
  round_trips(&allowed, 30, 100);
  uint64_t room = plain.cc.cwnd - 2 * 100 * MSS; /* three bursts, two more in the first phase */
  g_assert_cmpuint(room, >=, 6 * MSS);
  g_assert_cmpuint(room, <=, 8 * MSS);
  g_assert_cmpuint(allowed.cc.cwnd, ==, plain.cc.cwnd + 100 * MSS);
}

/* cwnd is one segment after a time-out, and what it was when that is repaired. */
static void
a_time_out_is_forgotten(void)
{
  Path p;
  path_init(&p, NULL);
  round_trips(&p, 30, 100);
  uint64_t before = p.cc.cwnd;
  cc_bbr.on_rto(&p.cc, &p.bbr, before, p.now);
  p.cc.cwnd = MSS;
  cc_bbr.on_timeout(&p.cc, &p.bbr, p.now);
  round_trip(&p, 1, 0, true); /* repaired */
  g_assert_cmpuint(p.cc.cwnd, >=, before - 4 * MSS);
  g_assert_cmpfloat(cc_bbr_bandwidth(&p.bbr), ==, 100 * MSS / 0.1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cc-bbr/begins-with-the-window-over-the-round-trip",
                  begins_with_the_window_over_the_round_trip);
  g_test_add_func("/cc-bbr/full-after-three-rounds-without-a-quarter-more",
                  full_after_three_rounds_without_a_quarter_more);
  g_test_add_func("/cc-bbr/rounds-of-a-slow-application-do-not-fill-the-pipe",
                  rounds_of_a_slow_application_do_not_fill_the_pipe);
  g_test_add_func("/cc-bbr/the-best-of-ten-round-trips", the_best_of_ten_round_trips);
  g_test_add_func("/cc-bbr/a-slow-application-does-not-lower-it",
                  a_slow_application_does_not_lower_it);
  g_test_add_func("/cc-bbr/a-policer-is-found-and-its-rate-kept",
                  a_policer_is_found_and_its_rate_kept);
  g_test_add_func("/cc-bbr/no-policer-where-none-is-looked-for",
                  no_policer_where_none_is_looked_for);
  g_test_add_func("/cc-bbr/few-losses-are-no-policer", few_losses_are_no_policer);
  g_test_add_func("/cc-bbr/bunched-acks-make-cwnd-larger", bunched_acks_make_cwnd_larger);
  g_test_add_func("/cc-bbr/a-time-out-is-forgotten", a_time_out_is_forgotten);
  return g_test_run();
}
