/* CUBIC: the curve against its formula, the table of RFC 9438, what Linux 6.18 did with the same
 * ACKs, and how slow start ends before a loss. */
#include "tests/unit/cc-fixture.h"

#include <math.h>

#include "sim/math.h"

typedef struct Settings {
  double c, beta, beta_ecn;
  bool fast_convergence, tcp_friendliness;
  int hystart; /* 0 auto, 1 off, 2 linux, 3 hystart++ */
} Settings;

static const Settings plain = {0.4, 0.7, 0.85, true, true, 1};

/* -- the curve -- */

/* W(t) = 0.4 (t - K)^3 + 100 from 70, K = cbrt(30 / 0.4) = 4.217 s, for 7 s; at a round trip
 * of 200 ms Reno stays below. */
static void
follows_the_curve(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  Driver d = driver_with(&cc_cubic, 100, bytes, &plain);
  d.rtt = 200 * SIM_MILLISECOND;
  driver_ack(&d, 1); /* a sample */
  d.cc.cwnd = 100 * MSS;
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 70);
  SimTime begin = d.now;
  double k = sim_cbrt(30 / 0.4);
  while (d.now < begin + 7 * SIM_SECOND) {
    driver_round(&d, d.rtt);
    double t = sim_time_to_seconds(d.now - begin), ahead = t + 0.2;
    /* It aims one round trip ahead, and is on its way there. */
    double low = 0.4 * pow(t - 0.2 - k, 3) + 100, high = 0.4 * pow(ahead - k, 3) + 100;
    g_assert_cmpfloat((double)d.cc.cwnd / MSS, >=, low - 1);
    g_assert_cmpfloat((double)d.cc.cwnd / MSS, <=, high + 1);
  }
  g_assert_cmpuint(driver_cwnd(&d), >=, 106);
  driver_free(&d);
}

/* With a round trip of 10 ms Reno is faster: W_est rises by 3 x 0.3 / 1.7 = 0.529 each. */
static void
is_reno_on_a_short_path(void)
{
  Driver d = driver_with(&cc_cubic, 40, true, &plain);
  d.rtt = 10 * SIM_MILLISECOND;
  driver_ack(&d, 1);
  d.cc.cwnd = 40 * MSS;
  driver_loss(&d);
  g_assert_cmpuint(d.cc.cwnd, ==, 28 * MSS);
  double w_est = 28;
  for (int i = 0; i < 20; i++) {
    driver_round(&d, d.rtt);
    w_est += 0.9 / 1.7;
    g_assert_cmpfloat((double)d.cc.cwnd / MSS, >=, w_est - 0.5);
    g_assert_cmpfloat((double)d.cc.cwnd / MSS, <=, w_est + 0.5);
  }
  driver_free(&d);
}

/* The same without it: the curve's own 0.4 (t - K)^3 + 40 gains next to nothing in 0.2 s. */
static void
may_fall_behind_reno(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  for (int friendly = 0; friendly <= 1; friendly++) {
    Settings settings = plain;
    settings.tcp_friendliness = friendly;
    Driver d = driver_with(&cc_cubic, 40, bytes, &settings);
    d.rtt = 10 * SIM_MILLISECOND;
    driver_ack(&d, 1);
    d.cc.cwnd = 40 * MSS;
    driver_loss(&d);
    for (int i = 0; i < 20; i++)
      driver_round(&d, d.rtt);
    if (friendly)
      g_assert_cmpuint(driver_cwnd(&d), >=, 37);
    else
      g_assert_cmpuint(driver_cwnd(&d), <=, 32);
    driver_free(&d);
  }
}

/* 4.3: beyond the window of the last loss, one segment each round trip, as Reno. */
static void
rises_like_reno_beyond_the_last_window(void)
{
  Driver d = driver_with(&cc_cubic, 10, true, &plain);
  d.rtt = SIM_MILLISECOND;
  driver_ack(&d, 1);
  d.cc.cwnd = 10 * MSS;
  driver_loss(&d);
  for (int i = 0; i < 10; i++)
    driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, >, 10 * MSS);
  double before = (double)d.cc.cwnd;
  for (int i = 0; i < 10; i++)
    driver_round(&d, d.rtt);
  g_assert_cmpfloat(((double)d.cc.cwnd - before) / MSS, >, 9);
  g_assert_cmpfloat(((double)d.cc.cwnd - before) / MSS, <, 11);
  driver_free(&d);
}

/* When the second loss finds a smaller window, the plateau is (1 + 0.7) / 2 of that. */
static void
fast_convergence_makes_room(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  static const struct {
    bool fast;
    uint32_t first;
    int rounds; /* K: 4.217 s to 100, 3.347 s to 85 */
    double plateau;
  } cases[] = {
      {false, 200, 42, 100},
      {true, 100, 42, 100}, /* the same window again */
      /* Reno's window, which CUBIC never falls below, is at 70 + 33 x 0.529 = 87. */
      {true, 200, 33, 87.5},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Settings settings = plain;
    settings.fast_convergence = cases[i].fast;
    Driver d = driver_with(&cc_cubic, 100, bytes, &settings);
    driver_ack(&d, 1);
    d.cc.cwnd = cases[i].first * MSS;
    driver_loss(&d);
    d.cc.cwnd = 100 * MSS;
    driver_loss(&d);
    for (int round = 0; round < cases[i].rounds; round++)
      driver_round(&d, d.rtt);
    g_assert_cmpfloat_with_epsilon((double)d.cc.cwnd / MSS, cases[i].plateau, 1.5);
    driver_free(&d);
  }
}

/* RFC 9438 4.2: the target is 1.5 cwnd at most; Linux: one segment for two. */
static void
one_for_two_is_the_most(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  Driver d = driver_with(&cc_cubic, 40, bytes, &plain);
  d.rtt = 5 * SIM_SECOND;
  driver_ack(&d, 1);
  d.cc.cwnd = 40 * MSS;
  driver_loss(&d);
  driver_round(&d, d.rtt);
  driver_round(&d, d.rtt); /* 10 s: the curve is at more than 200 */
  uint64_t before = driver_cwnd(&d);
  g_assert_cmpuint(before, <, 28 * 3);
  driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), >=, before + before / 2 - 1);
  g_assert_cmpuint(driver_cwnd(&d), <=, before + before / 2 + 1);
  driver_free(&d);
}

/* RFC 9438 4.8: after a time-out the curve begins where slow start ends, with K = 0. */
static void
begins_anew_after_a_time_out(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  Driver d = driver_with(&cc_cubic, 100, bytes, &plain);
  driver_ack(&d, 1);
  d.cc.cwnd = 100 * MSS;
  driver_rto(&d);
  g_assert_cmpuint(d.cc.ssthresh, ==, 70 * MSS);
  while (d.cc.cwnd < d.cc.ssthresh)
    driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), <=, 80);
  double from = (double)d.cc.cwnd / MSS;
  for (int i = 0; i < 10; i++)
    driver_round(&d, d.rtt);
  /* 0.4 from the curve, 5.3 from Reno; towards the old 100 it would be 15. */
  if (bytes)
    g_assert_cmpfloat((double)d.cc.cwnd / MSS - from, <=, 6);
  for (int i = 0; i < 30; i++)
    driver_round(&d, d.rtt);
  /* 0.4 x 4^3 = 25.6 from the curve, 21.2 from Reno; Linux: a twentieth of cwnd at least. */
  double grown = (double)d.cc.cwnd / MSS - from;
  g_assert_cmpfloat(grown, >=, 24);
  if (bytes)
    g_assert_cmpfloat(grown, <=, 30);
  driver_free(&d);
}

static void
a_loss_that_was_none_restores_the_curve(void)
{
  Driver d[2];
  for (int undone = 0; undone <= 1; undone++) {
    d[undone] = driver_with(&cc_cubic, 100, true, &plain);
    driver_ack(&d[undone], 1);
    d[undone].cc.cwnd = 100 * MSS;
    driver_loss(&d[undone]);
    for (int i = 0; i < 10; i++)
      driver_round(&d[undone], d[undone].rtt);
    if (undone) {
      TcpCc before = d[1].cc;
      cc_cubic.on_loss(&d[1].cc, d[1].state, d[1].cc.cwnd, d[1].now);
      g_assert_cmpuint(d[1].cc.ssthresh, <, before.ssthresh + 20 * MSS);
      d[1].cc = before;
      cc_cubic.on_undo(&d[1].cc, d[1].state, d[1].now);
    }
    for (int i = 0; i < 40; i++)
      driver_round(&d[undone], d[undone].rtt);
  }
  int64_t difference = (int64_t)(d[0].cc.cwnd - d[1].cc.cwnd);
  g_assert_cmpint(ABS(difference), <=, MSS / 100);
  driver_free(&d[0]);
  driver_free(&d[1]);
}

/* Three seconds without data in the middle: the curve goes on where it was. */
static void
idle_time_is_none_of_the_curves(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  Driver d[2];
  for (int idle = 0; idle <= 1; idle++) {
    d[idle] = driver_with(&cc_cubic, 100, bytes, &plain);
    driver_ack(&d[idle], 1);
    d[idle].cc.cwnd = 100 * MSS;
    driver_loss(&d[idle]);
    for (int i = 0; i < 30; i++)
      driver_round(&d[idle], d[idle].rtt);
    if (idle) {
      d[idle].now += 3 * SIM_SECOND;
      cc_cubic.on_idle(&d[idle].cc, d[idle].state, d[idle].now);
    }
    for (int i = 0; i < 30; i++)
      driver_round(&d[idle], d[idle].rtt);
  }
  int64_t difference = (int64_t)(d[0].cc.cwnd - d[1].cc.cwnd);
  g_assert_cmpint(ABS(difference), <=, MSS);
  driver_free(&d[0]);
  driver_free(&d[1]);
}

/* -- RFC 9438's table -- */

/* The average window when of every `every` packets the last is lost. */
static double
average_window(bool bytes, double rtt, int64_t every, int cycles)
{
  Driver d = driver_with(&cc_cubic, 10, bytes, &plain);
  d.rtt = sim_time_from_seconds(rtt);
  d.cc.ssthresh = d.cc.cwnd;
  double time = 0, begin = 0;
  for (int cycle = 0; cycle < 2 * cycles; cycle++) {
    if (cycle == cycles)
      begin = time;
    for (int64_t n = 1; n < every; n++) {
      time += rtt * MSS / (double)d.cc.cwnd;
      d.now = SIM_SECOND + sim_time_from_seconds(time);
      driver_ack(&d, 1);
    }
    time += rtt * MSS / (double)d.cc.cwnd;
    driver_loss(&d);
  }
  driver_free(&d);
  return (double)(every * cycles) * rtt / (time - begin);
}

static void
average_windows_of_rfc_9438(void)
{
  static const struct {
    double rtt;
    int64_t every;
    double window;
  } table[] = {
      {0.1, 100, 12},  {0.1, 1000, 38},  {0.1, 10000, 187},  {0.1, 100000, 1054},
      {0.01, 100, 12}, {0.01, 1000, 38}, {0.01, 10000, 120}, {0.01, 100000, 379},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
    int cycles = table[i].every > 10000 ? 12 : 30;
    double text = average_window(true, table[i].rtt, table[i].every, cycles);
    double kernel = average_window(false, table[i].rtt, table[i].every, cycles);
    g_test_message("RTT %g s, p = 1/%" G_GINT64_FORMAT ": RFC %g, text %.1f, Linux %.1f",
                   table[i].rtt, table[i].every, table[i].window, text, kernel);
    g_assert_cmpfloat_with_epsilon(text / table[i].window, 1, 0.1);
    /* Linux rounds to whole segments and grows between the steps: up to a fifth more. */
    g_assert_cmpfloat_with_epsilon(kernel / table[i].window, 1, 0.21);
  }
}

/* -- Linux -- */

/* Feeds the ACKs of a measured connection: columns as in tests/reference/README.md. Wherever the
 * kernel's cwnd is known it must be ours. */
static void
linux_agrees(const void *name)
{
  g_autofree char *path =
      g_test_build_filename(G_TEST_DIST, "reference", "linux-6.18", "cubic", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(path, &text, NULL, &error);
  g_assert_no_error(error);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  Driver d = driver_new(&cc_cubic, 10);
  int compared = 0;
  for (int i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
    g_assert_cmpuint(g_strv_length(cells), ==, 7);
    d.now = g_ascii_strtoll(cells[0], NULL, 10) * SIM_MICROSECOND;
    if (g_str_equal(cells[1], "ack")) {
      SimTime rtt = g_ascii_strtoll(cells[4], NULL, 10) * SIM_MICROSECOND;
      if (rtt > 0)
        d.srtt = d.srtt == 0 ? rtt : d.srtt + (rtt - d.srtt) / 8;
      TcpCcAck ack = {.now = d.now,
                      .acked = g_ascii_strtoull(cells[3], NULL, 10) * MSS,
                      .una = g_ascii_strtoull(cells[2], NULL, 10) * MSS,
                      .nxt = g_ascii_strtoull(cells[5], NULL, 10) * MSS,
                      .rtt = rtt,
                      .srtt = d.srtt,
                      .cwnd_limited = true};
      if (ack.acked > 0)
        cc_cubic.on_ack(&d.cc, d.state, &ack);
    } else if (g_str_equal(cells[1], "loss")) {
      cc_cubic.on_loss(&d.cc, d.state, d.cc.cwnd, d.now);
    } else if (g_str_equal(cells[1], "recovered")) {
      d.cc.cwnd = d.cc.ssthresh;
    } else {
      g_assert_cmpstr(cells[1], ==, "rto");
      driver_rto(&d);
    }
    if (*cells[6] != '\0') {
      if (driver_cwnd(&d) != g_ascii_strtoull(cells[6], NULL, 10))
        g_test_message("%s: cwnd %d", lines[i], (int)driver_cwnd(&d));
      g_assert_cmpuint(driver_cwnd(&d), ==, g_ascii_strtoull(cells[6], NULL, 10));
      compared++;
    }
  }
  g_assert_cmpint(compared, >, 20);
  driver_free(&d);
}

/* -- slow start that ends by itself -- */

static const Settings with_linux = {0.4, 0.7, 0.85, true, true, 2}, with_plus = {0.4, 0.7, 0.85, true, true, 3};

/* ACKs 0.7 ms apart for longer than half of the least round trip and a burst's 1 ms: 50.5 ms. */
static void
a_long_train_ends_slow_start(void)
{
  Driver d = driver_with(&cc_cubic, 10, false, &with_linux);
  for (int i = 0; i < 3; i++)
    driver_round(&d, (SimTime)driver_cwnd(&d) * 700 * SIM_MICROSECOND);
  g_assert_cmpuint(driver_cwnd(&d), ==, 80);
  g_assert_cmpuint(d.cc.ssthresh, ==, UINT64_MAX);
  driver_round(&d, 56 * SIM_MILLISECOND);
  /* The round begins with its first ACK; the train is 51.1 ms long with the 74th. */
  g_assert_cmpuint(d.cc.ssthresh, ==, (80 + 73) * MSS);
  driver_free(&d);
}

/* ACKs 3 ms apart make no train. */
static void
a_thin_train_does_not(void)
{
  Driver d = driver_with(&cc_cubic, 10, false, &with_linux);
  d.rtt = 300 * SIM_MILLISECOND;
  for (int i = 0; i < 4; i++) {
    uint64_t n = driver_cwnd(&d);
    for (uint64_t ack = 0; ack < n; ack++) {
      d.now += 3 * SIM_MILLISECOND;
      driver_ack(&d, 1);
    }
  }
  g_assert_cmpuint(driver_cwnd(&d), ==, 160);
  driver_free(&d);
}

/* Least of a round above 100 + 12.5 ms: with the ninth sample, at 16 segments or more. */
static void
delay_ends_slow_start(void)
{
  Driver d = driver_with(&cc_cubic, 10, false, &with_linux);
  driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 20);
  d.rtt = 112 * SIM_MILLISECOND;
  driver_round(&d, 0);
  g_assert_cmpuint(d.cc.ssthresh, ==, UINT64_MAX);
  d.rtt = 113 * SIM_MILLISECOND;
  driver_round(&d, 0);
  g_assert_cmpuint(d.cc.ssthresh, ==, (40 + 8) * MSS);
  driver_free(&d);
}

/* Only eight samples of the round that begins at 12 are taken at 16 or more. */
static void
small_windows_are_left_alone(void)
{
  Driver d = driver_with(&cc_cubic, 3, false, &with_linux);
  driver_round(&d, 0);
  d.rtt = 200 * SIM_MILLISECOND;
  driver_round(&d, 0);
  driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 24);
  g_assert_cmpuint(d.cc.ssthresh, ==, UINT64_MAX);
  driver_round(&d, 0);
  g_assert_cmpuint(d.cc.ssthresh, ==, (24 + 8) * MSS);
  driver_free(&d);
}

/* After a time-out it looks again, and a least round trip of before does not count. */
static void
linux_looks_again_after_a_time_out(void)
{
  Driver d = driver_with(&cc_cubic, 10, false, &with_linux);
  driver_round(&d, 0);
  driver_round(&d, 0);
  d.rtt = 150 * SIM_MILLISECOND;
  driver_round(&d, 0);
  g_assert_cmpuint(d.cc.ssthresh, !=, UINT64_MAX);
  d.cc.cwnd = 400 * MSS;
  driver_rto(&d);
  for (int i = 0; i < 6; i++)
    driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 64);
  d.rtt = 175 * SIM_MILLISECOND; /* over 150 + 16 ms */
  driver_round(&d, 0);
  g_assert_cmpuint(d.cc.ssthresh, ==, (64 + 8) * MSS);
  driver_free(&d);
}

/* RFC 9406: after the rise a quarter of the speed, for five rounds (the first is what is left of
 * the one that found it), then congestion avoidance. */
static void
plus_slows_down_before_it_stops(const void *data)
{
  bool bytes = GPOINTER_TO_INT(data);
  Driver d = driver_with(&cc_cubic, 16, bytes, &with_plus);
  driver_round(&d, 0);
  driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 64);
  d.rtt = 120 * SIM_MILLISECOND;
  driver_round(&d, 0);
  /* Seven ACKs at full speed, the eighth sample finds the rise: 57 at a quarter. */
  g_assert_cmpuint(driver_cwnd(&d), ==, 64 + 7 + 57 / 4);
  for (int round = 2; round <= 5; round++) {
    uint64_t before = driver_cwnd(&d);
    g_assert_cmpuint(d.cc.ssthresh, ==, UINT64_MAX);
    driver_round(&d, 0);
    g_assert_cmpuint(driver_cwnd(&d), >=, before + before / 4);
    g_assert_cmpuint(driver_cwnd(&d), <=, before + before / 4 + 1);
  }
  uint64_t before = d.cc.cwnd;
  driver_ack(&d, 1);
  g_assert_cmpuint(d.cc.ssthresh, ==, before);
  driver_free(&d);
}

static void
plus_resumes_after_a_false_alarm(void)
{
  Driver d = driver_with(&cc_cubic, 16, true, &with_plus);
  driver_round(&d, 0);
  driver_round(&d, 0);
  d.rtt = 120 * SIM_MILLISECOND;
  driver_round(&d, 0);
  d.rtt = 100 * SIM_MILLISECOND;
  driver_round(&d, 0); /* its eighth sample says so */
  uint64_t before = driver_cwnd(&d);
  driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 2 * before);
  g_assert_cmpuint(d.cc.ssthresh, ==, UINT64_MAX);
  driver_free(&d);
}

/* "L = 8 if non-paced". */
static void
plus_limits_what_one_ack_adds(void)
{
  Driver d = driver_with(&cc_cubic, 32, true, &with_plus);
  driver_ack(&d, 20);
  g_assert_cmpuint(driver_cwnd(&d), ==, 40);
  driver_free(&d);
}

static void
plus_is_for_the_first_slow_start(void)
{
  Driver d = driver_with(&cc_cubic, 64, true, &with_plus);
  driver_round(&d, 0);
  d.cc.cwnd = 400 * MSS;
  driver_rto(&d);
  for (int i = 0; i < 4; i++)
    driver_round(&d, 0);
  d.rtt = 150 * SIM_MILLISECOND;
  for (int i = 0; i < 4; i++)
    driver_round(&d, 0);
  g_assert_cmpuint(driver_cwnd(&d), ==, 256);
  driver_free(&d);
}

/* Auto: Linux's where segments are counted, HyStart++ where bytes are, none when off. */
static void
the_profile_says_which(void)
{
  static const struct {
    int setting;
    bool bytes;
    uint64_t after; /* a round of 64 ACKs after a rise of 20 ms */
  } cases[] = {
      {0, false, 72}, {0, true, 85}, {1, false, 128}, {1, true, 128}, {2, true, 72}, {3, false, 85},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Settings settings = plain;
    settings.hystart = cases[i].setting;
    Driver d = driver_with(&cc_cubic, 16, cases[i].bytes, &settings);
    driver_round(&d, 0);
    driver_round(&d, 0);
    d.rtt = 120 * SIM_MILLISECOND;
    driver_round(&d, 0);
    g_assert_cmpuint(driver_cwnd(&d), >=, cases[i].after);
    g_assert_cmpuint(driver_cwnd(&d), <=, cases[i].after + 2);
    driver_free(&d);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpuint(sizeof(Settings), ==, cc_cubic.settings_size);
  static const struct {
    const char *path;
    void (*test)(const void *);
  } both[] = {
      {"/cc/cubic/curve", follows_the_curve},
      {"/cc/cubic/without-friendliness", may_fall_behind_reno},
      {"/cc/cubic/fast-convergence", fast_convergence_makes_room},
      {"/cc/cubic/one-for-two-at-most", one_for_two_is_the_most},
      {"/cc/cubic/after-a-time-out", begins_anew_after_a_time_out},
      {"/cc/cubic/idle-time", idle_time_is_none_of_the_curves},
      {"/cc/hystart/plus-slows-down", plus_slows_down_before_it_stops},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
    g_autofree char *rfc = g_strconcat(both[i].path, "/rfc", NULL);
    g_autofree char *kernel = g_strconcat(both[i].path, "/linux", NULL);
    g_test_add_data_func(rfc, GINT_TO_POINTER(1), both[i].test);
    g_test_add_data_func(kernel, GINT_TO_POINTER(0), both[i].test);
  }
  g_test_add_func("/cc/cubic/short-path", is_reno_on_a_short_path);
  g_test_add_func("/cc/cubic/beyond-the-last-window", rises_like_reno_beyond_the_last_window);
  g_test_add_func("/cc/cubic/undo", a_loss_that_was_none_restores_the_curve);
  g_test_add_func("/cc/cubic/average-windows-of-rfc-9438", average_windows_of_rfc_9438);
  g_test_add_data_func("/cc/cubic/linux-6.18/data-20-lost", "data-20-lost.csv", linux_agrees);
  g_test_add_data_func("/cc/cubic/linux-6.18/hystart", "data-100-two-late.csv", linux_agrees);
  g_test_add_data_func("/cc/cubic/linux-6.18/time-out", "blackhole-10s.csv", linux_agrees);
  g_test_add_func("/cc/hystart/train", a_long_train_ends_slow_start);
  g_test_add_func("/cc/hystart/thin-train", a_thin_train_does_not);
  g_test_add_func("/cc/hystart/delay", delay_ends_slow_start);
  g_test_add_func("/cc/hystart/small-window", small_windows_are_left_alone);
  g_test_add_func("/cc/hystart/after-a-time-out", linux_looks_again_after_a_time_out);
  g_test_add_func("/cc/hystart/plus-false-alarm", plus_resumes_after_a_false_alarm);
  g_test_add_func("/cc/hystart/plus-limit-of-one-ack", plus_limits_what_one_ack_adds);
  g_test_add_func("/cc/hystart/plus-first-slow-start", plus_is_for_the_first_slow_start);
  g_test_add_func("/cc/hystart/auto", the_profile_says_which);
  return g_test_run();
}
