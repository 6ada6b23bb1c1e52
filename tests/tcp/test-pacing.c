/* test-pacing: when paced data leaves. The round trip is 100 ms and the wire infinitely fast, so
 * that what spaces segments out is pacing alone. Data flows from the client. */
#include "tests/tcp/lab.h"

#include <string.h>

#define MSS 1448
#define MS SIM_MILLISECOND

static void
paced(TcpProfile *profile, bool server)
{
  profile->cc = &cc_reno;
  profile->initial_window = 20;
  profile->pacing = TCP_PACING_ON;
}

static void
left_to_reno(TcpProfile *profile, bool server)
{
  paced(profile, server);
  profile->pacing = TCP_PACING_AUTO;
}

/* 1448 bytes each 10 ms. */
static void
limited(TcpProfile *profile, bool server)
{
  left_to_reno(profile, server);
  profile->max_pacing_rate = 144800 * 8;
}

static Lab *
lab(void (*tune)(TcpProfile *, bool))
{
  LabSettings settings = {.seed = 1, .profile = "linux", .tune = tune};
  Lab *l = lab_new(&settings);
  lab_listen(l);
  lab_connect(l);
  return l;
}

/* When the client's data segments left so far, in order. */
static GArray *
departures(const Lab *l)
{
  GArray *times = g_array_new(FALSE, FALSE, sizeof(double));
  g_auto(GStrv) lines = g_strsplit(l->timeline->str, "\n", -1);
  for (char **line = lines; *line != NULL; line++) {
    const char *length = strchr(*line, '(');
    if (strstr(*line, " c>s ") == NULL || length == NULL || length[1] == '0')
      continue;
    double time = g_ascii_strtod(*line, NULL);
    g_array_append_val(times, time);
  }
  return times;
}

/* The gaps between segment `first` and `last` (from 1) are `gap` seconds each. */
static void
assert_gaps(const Lab *l, guint first, guint last, double gap)
{
  g_autoptr(GArray) times = departures(l);
  g_assert_cmpuint(times->len, >=, last);
  for (guint i = first; i < last; i++) {
    double got = g_array_index(times, double, i) - g_array_index(times, double, i - 1);
    g_assert_cmpfloat_with_epsilon(got, gap, 1e-9);
  }
}

/* In slow start twice cwnd / srtt: 20 segments in 50 ms. The first ten are not held back, and the
 * eleventh is the first that makes another wait. */
static void
slow_start_at_twice_the_window_a_round_trip(void)
{
  Lab *l = lab(paced);
  lab_send(l, &l->client, 20 * MSS, NULL);
  lab_run(l, 199 * MS);
  assert_gaps(l, 1, 11, 0);
  assert_gaps(l, 11, 20, 0.0025);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.pacing_rate, ==, 2 * 20 * MSS * 10);
  lab_free(l);
}

/* After a loss 120 %: cwnd 10 in 1 / 1.2 of a round trip. */
static void
avoidance_at_six_fifths(void)
{
  Lab *l = lab(paced);
  lab_rule(l, RULE_DROP, "DATA#2", 0);
  lab_send(l, &l->client, 400 * MSS, NULL);
  lab_run(l, 2 * SIM_SECOND);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.retransmits, ==, 1);
  g_assert_cmpint(info.recovery, ==, TCP_RECOVERY_OPEN);
  double rate = 1.2 * (double)info.cwnd / sim_time_to_seconds(info.srtt);
  g_assert_cmpfloat_with_epsilon((double)info.pacing_rate, rate, 1);
  lab_free(l);
}

static void
auto_leaves_reno_alone(void)
{
  Lab *l = lab(left_to_reno);
  lab_send(l, &l->client, 20 * MSS, NULL);
  lab_run(l, 199 * MS);
  assert_gaps(l, 1, 20, 0);
  TcpInfo info;
  tcp_info(l->client.conn, &info);
  g_assert_cmpuint(info.pacing_rate, ==, UINT64_MAX);
  lab_free(l);
}

static void
a_rate_that_is_given_holds(void)
{
  Lab *l = lab(limited);
  lab_send(l, &l->client, 60 * MSS, NULL);
  lab_run(l, SIM_SECOND);
  assert_gaps(l, 11, 60, 0.01);
  g_assert_cmpuint(l->server.received_count, ==, 60 * MSS);
  lab_free(l);
}

static void
turn_off(Lab *l)
{
  TcpProfile profile = *tcp_conn_profile(l->client.conn);
  profile.pacing = TCP_PACING_OFF;
  tcp_conn_set_profile(l->client.conn, &profile);
}

/* What waited goes at once, and the timer is gone. */
static void
turned_off_while_data_waits(void)
{
  Lab *l = lab(limited);
  lab_send(l, &l->client, 20 * MSS, NULL);
  lab_at(l, 125 * MS, turn_off);
  lab_run(l, 199 * MS);
  assert_gaps(l, 11, 13, 0.01);
  assert_gaps(l, 13, 14, 0.005);
  assert_gaps(l, 14, 20, 0);
  lab_free(l);
}

static void
abort_client(Lab *l)
{
  tcp_abort(l->client.conn);
}

static void
an_abort_takes_the_timer_along(void)
{
  Lab *l = lab(limited);
  lab_send(l, &l->client, 20 * MSS, NULL);
  lab_at(l, 125 * MS, abort_client);
  lab_run(l, SIM_SECOND);
  g_autoptr(GArray) times = departures(l);
  g_assert_cmpuint(times->len, ==, 13);
  lab_free(l);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/pacing/slow-start-at-twice-the-window-a-round-trip",
                  slow_start_at_twice_the_window_a_round_trip);
  g_test_add_func("/tcp/pacing/avoidance-at-six-fifths", avoidance_at_six_fifths);
  g_test_add_func("/tcp/pacing/auto-leaves-reno-alone", auto_leaves_reno_alone);
  g_test_add_func("/tcp/pacing/a-rate-that-is-given-holds", a_rate_that_is_given_holds);
  g_test_add_func("/tcp/pacing/turned-off-while-data-waits", turned_off_while_data_waits);
  g_test_add_func("/tcp/pacing/an-abort-takes-the-timer-along", an_abort_takes_the_timer_along);
  return g_test_run();
}
