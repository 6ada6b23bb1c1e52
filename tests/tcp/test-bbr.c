/* test-bbr: BBR on a path of 10 Mbit/s and 20 ms, seen from outside: its rate, its window and the
 * round trip as they change. The modes are told by pacing rate over bandwidth. */
#include "tests/tcp/lab.h"

#define MSS 1448
#define MS SIM_MILLISECOND
#define BANDWIDTH (10e6 / 8 * 1448 / 1500) /* bytes of data a second */
#define MARGIN 0.99

typedef struct Row {
  SimTime time, srtt;
  double gain;   /* pacing rate over 99 % of the bandwidth */
  uint64_t cwnd; /* segments */
} Row;

static void
bbr(TcpProfile *profile, bool server)
{
  profile->cc = &cc_bbr;
  profile->cc_settings = NULL;
}

static void
on_sample(Sim *sim, const void *data, void *user)
{
  const TcpSampleRecord *record = data;
  GArray *rows = user;
  TcpInfo info;
  tcp_info(record->conn, &info);
  if (!tcp_conn_is_opener(record->conn) || info.pacing_rate == UINT64_MAX)
    return;
  Row row = {.time = record->time,
             .srtt = info.srtt,
             .gain = (double)info.pacing_rate / BANDWIDTH / MARGIN,
             .cwnd = info.cwnd / MSS};
  g_array_append_val(rows, row);
}

typedef struct Flow {
  Lab *lab;
  GArray *rows;
} Flow;

static Flow
flow_new(uint64_t seed)
{
  LabSettings settings = {
      .seed = seed, .profile = "linux", .delay = 10 * MS, .rate = 10000000, .tune = bbr};
  Flow flow = {lab_new(&settings), g_array_new(FALSE, FALSE, sizeof(Row))};
  lab_listen(flow.lab);
  lab_connect(flow.lab);
  sim_trace_listen(flow.lab->sim, TCP_TRACE_SAMPLE, on_sample, flow.rows);
  return flow;
}

static Flow
flow_that_sends(uint64_t seed, SimTime until)
{
  Flow flow = flow_new(seed);
  lab_send(flow.lab, &flow.lab->client, 1000000000, NULL);
  lab_run(flow.lab, until);
  return flow;
}

static void
flow_free(Flow *flow)
{
  sim_trace_ignore(flow->lab->sim, TCP_TRACE_SAMPLE, on_sample, flow->rows);
  lab_free(flow->lab);
  g_array_free(flow->rows, TRUE);
}

static const Row *
row_at(const Flow *flow, SimTime time)
{
  guint i = 0;
  while (i + 1 < flow->rows->len && g_array_index(flow->rows, Row, i + 1).time <= time)
    i++;
  return &g_array_index(flow->rows, Row, i);
}

/* Ten segments, then twice as many each round trip: all of a round are out when its first comes
 * back, and 2.89 times the bandwidth is the rate. */
static void
startup_doubles_each_round_trip(void)
{
  Flow flow = flow_that_sends(1, 200 * MS);
  g_assert_cmpuint(row_at(&flow, 40 * MS)->cwnd, ==, 10);
  /* The ACKs of round n end 20 ms and what the link needs for them after those of n - 1. */
  g_assert_cmpuint(row_at(&flow, 60 * MS)->cwnd, ==, 20);
  double most = 0;
  for (guint i = 0; i < flow.rows->len; i++)
    most = MAX(most, g_array_index(flow.rows, Row, i).gain);
  g_assert_cmpfloat_with_epsilon(most, 739.0 / 256, 0.01);
  flow_free(&flow);
}

/* Three round trips without a quarter more, then slower than the path until the queue is gone. */
static void
the_queue_of_startup_is_drained(void)
{
  Flow flow = flow_that_sends(1, SIM_SECOND);
  SimTime drains_at = 0, cruises_at = 0;
  for (guint i = 0; i < flow.rows->len; i++) {
    const Row *row = &g_array_index(flow.rows, Row, i);
    if (drains_at == 0 && row->gain < 0.4)
      drains_at = row->time;
    else if (drains_at > 0 && cruises_at == 0 && row->gain > 0.7)
      cruises_at = row->time;
  }
  g_assert_cmpint(drains_at, >, 100 * MS);
  g_assert_cmpint(drains_at, <, 400 * MS);
  g_assert_cmpfloat_with_epsilon(row_at(&flow, drains_at)->gain, 88.0 / 256, 0.01);
  g_assert_cmpint(row_at(&flow, drains_at)->srtt, >, 40 * MS); /* there was a queue, ... */
  g_assert_cmpint(cruises_at - drains_at, <, 150 * MS);
  g_assert_cmpint(row_at(&flow, SIM_SECOND)->srtt, <, 32 * MS); /* ... and it is gone */
  flow_free(&flow);
}

/* 5/4, 3/4, and six phases of 1, each about a least round trip; the second may be shorter. */
static void
eight_phases_make_a_cycle(void)
{
  Flow flow = flow_that_sends(1, 5 * SIM_SECOND);
  double before = 0;
  SimTime since = 0, cruise = 0, probe = 0;
  guint cycles = 0;
  for (guint i = 0; i < flow.rows->len; i++) {
    const Row *row = &g_array_index(flow.rows, Row, i);
    double gain = row->gain > 1.1 ? 1.25 : row->gain < 0.9 ? 0.75 : 1;
    if (row->time < SIM_SECOND || gain == before)
      continue;
    g_assert_cmpfloat_with_epsilon(row->gain, gain, 0.02);
    if (before == 1.25) {
      g_assert_cmpfloat(gain, ==, 0.75);
      probe = row->time - since;
    } else if (before == 0.75) {
      g_assert_cmpfloat(gain, ==, 1);
      g_assert_cmpint(row->time - since, <=, 25 * MS);
    } else if (before == 1 && probe > 0) { /* a whole one */
      g_assert_cmpfloat(gain, ==, 1.25);
      cruise = row->time - since;
      g_assert_cmpint(cruise, >=, 120 * MS);
      g_assert_cmpint(cruise, <, 140 * MS);
      cycles++;
    }
    before = gain;
    since = row->time;
  }
  g_assert_cmpint(probe, >=, 20 * MS);
  g_assert_cmpint(probe, <, 30 * MS);
  g_assert_cmpuint(cycles, >, 20);
  flow_free(&flow);
}

/* Ten seconds after the least round trip was seen: four segments for 200 ms and a round trip, and
 * then cwnd is what it was. */
static void
the_round_trip_is_measured_anew_after_ten_seconds(void)
{
  Flow flow = flow_that_sends(1, 12 * SIM_SECOND);
  SimTime down = 0, up = 0;
  uint64_t cwnd = 0;
  for (guint i = 0; i < flow.rows->len; i++) {
    const Row *row = &g_array_index(flow.rows, Row, i);
    if (row->time < SIM_SECOND)
      continue;
    g_assert_cmpuint(row->cwnd, >=, 4);
    if (down == 0 && row->cwnd == 4)
      down = row->time;
    else if (down == 0)
      cwnd = row->cwnd;
    else if (up == 0 && row->cwnd > 4)
      up = row->time;
  }
  g_assert_cmpint(down, >, 10 * SIM_SECOND);
  g_assert_cmpint(down, <, 10500 * MS);
  g_assert_cmpint(up - down, >, 200 * MS);
  g_assert_cmpint(up - down, <, 260 * MS);
  g_assert_cmpuint(row_at(&flow, up)->cwnd, >=, cwnd - 2);
  flow_free(&flow);
}

/* A lost segment costs no bandwidth: cwnd comes back and the model stays. */
static void
a_loss_is_no_signal(void)
{
  Flow flow = flow_new(1);
  lab_rule(flow.lab, RULE_DROP, "DATA#1000", 0);
  lab_send(flow.lab, &flow.lab->client, 1000000000, NULL);
  lab_run(flow.lab, 3 * SIM_SECOND);
  TcpInfo info;
  tcp_info(flow.lab->client.conn, &info);
  g_assert_cmpuint(info.retransmits, ==, 1);
  g_assert_cmpint(info.recovery, ==, TCP_RECOVERY_OPEN);
  uint64_t before = row_at(&flow, SIM_SECOND)->cwnd, after = row_at(&flow, 3 * SIM_SECOND)->cwnd;
  g_assert_cmpuint(after, >=, before - 6);
  g_assert_cmpfloat_with_epsilon((double)flow.lab->server.received_count / 3, BANDWIDTH,
                                 0.03 * BANDWIDTH);
  flow_free(&flow);
}

static void
send_five(Lab *lab)
{
  lab_send(lab, &lab->client, 5 * MSS, NULL);
}

/* Five segments each 100 ms, for a minute's worth of round trips: what the application does not
 * ask for is not what the path cannot do. */
static void
a_pause_of_the_application_does_not_slow_it_down(void)
{
  Flow flow = flow_new(1);
  lab_send(flow.lab, &flow.lab->client, 2000000, NULL); /* the bandwidth is known, ... */
  for (int i = 0; i < 30; i++)
    lab_at(flow.lab, (2000 + 100 * i) * MS, send_five); /* ... and then it is not used */
  lab_run(flow.lab, 5 * SIM_SECOND);
  g_assert_cmpfloat(row_at(&flow, 5 * SIM_SECOND)->gain, >, 0.74);
  flow_free(&flow);
}

/* Where in the cycle it begins is the connection's own random number: another with another seed,
 * the same with the same. */
static void
the_first_phase_is_drawn(void)
{
  guint differ = 0;
  for (uint64_t seed = 2; seed < 6; seed++) {
    Flow one = flow_that_sends(1, SIM_SECOND), same = flow_that_sends(1, SIM_SECOND),
         other = flow_that_sends(seed, SIM_SECOND);
    g_assert_cmpuint(one.rows->len, ==, same.rows->len);
    for (SimTime t = 300 * MS; t < SIM_SECOND; t += MS) {
      g_assert_cmpfloat(row_at(&one, t)->gain, ==, row_at(&same, t)->gain);
      differ += row_at(&one, t)->gain != row_at(&other, t)->gain;
    }
    flow_free(&one);
    flow_free(&same);
    flow_free(&other);
  }
  g_assert_cmpuint(differ, >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tcp/bbr/startup-doubles-each-round-trip", startup_doubles_each_round_trip);
  g_test_add_func("/tcp/bbr/the-queue-of-startup-is-drained", the_queue_of_startup_is_drained);
  g_test_add_func("/tcp/bbr/eight-phases-make-a-cycle", eight_phases_make_a_cycle);
  g_test_add_func("/tcp/bbr/the-round-trip-is-measured-anew-after-ten-seconds",
                  the_round_trip_is_measured_anew_after_ten_seconds);
  g_test_add_func("/tcp/bbr/a-loss-is-no-signal", a_loss_is_no_signal);
  g_test_add_func("/tcp/bbr/a-pause-of-the-application-does-not-slow-it-down",
                  a_pause_of_the_application_does_not_slow_it_down);
  g_test_add_func("/tcp/bbr/the-first-phase-is-drawn", the_first_phase_is_drawn);
  return g_test_run();
}
