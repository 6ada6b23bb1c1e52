/* Congestion controls but CUBIC (test-cc-cubic.c): windows after ACKs and losses that are written
 * down, against the formula. */
#include "models/tcp/tcp-profile.h"
#include "tests/unit/cc-fixture.h"

static void
each_of_the_list_is_whole_and_found(void)
{
  const TcpCcOps *const *list = cc_list();
  for (int n = 0; list[n] != NULL; n++) {
    g_assert_true(cc_find(list[n]->name) == list[n]);
    g_assert_true((list[n]->on_ack != NULL) != (list[n]->control != NULL));
    g_assert_nonnull(list[n]->on_loss);
    g_assert_nonnull(list[n]->on_rto);
    g_assert_true((list[n]->params == NULL) == (list[n]->settings_size == 0));
    g_assert_true((list[n]->params == NULL) == (list[n]->defaults == NULL));
  }
  g_assert_null(cc_find("rno"));
}

/* Equal settings are one pointer, of one control; defaults are none. */
static void
settings_that_say_the_same_are_shared(void)
{
  TcpCcSettings *all = cc_settings_new();
  char *cubic = g_memdup2(cc_cubic.defaults, cc_cubic.settings_size);
  g_assert_null(cc_settings_share(all, &cc_cubic, cubic));
  static const TcpCcOps plain = {.name = "plain"};
  g_assert_null(cc_settings_share(all, &plain, NULL));
  g_autoptr(GError) error = NULL;
  SimParamValue half = {.type = SIM_VALUE_NUMBER, .number = 0.5};
  g_assert_true(sim_param_set(sim_param_find(cc_cubic.params, "beta"), cubic, &half, &error));
  const void *one = cc_settings_share(all, &cc_cubic, cubic);
  g_assert_nonnull(one);
  g_assert_true(one != cubic);
  char *again = g_memdup2(cubic, cc_cubic.settings_size);
  g_assert_true(cc_settings_share(all, &cc_cubic, again) == one);
  g_assert_true(sim_param_set(sim_param_find(cc_cubic.params, "c"), again, &half, &error));
  g_assert_true(cc_settings_share(all, &cc_cubic, again) != one);
  g_assert_true(cc_settings_share(all, &cc_cubic, cubic) == one);
  g_free(again);
  g_free(cubic);
  cc_settings_free(all);
}

/* What a table prints of its defaults reads back as the same settings. */
static void
defaults_are_within_their_limits(void)
{
  for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++) {
    char *settings = g_memdup2((*ops)->defaults, (*ops)->settings_size);
    for (const SimParam *param = (*ops)->params; param != NULL && param->name != NULL; param++) {
      g_autofree char *text = sim_param_print(param, settings);
      g_autoptr(GError) error = NULL;
      SimParamValue value = {.type = SIM_VALUE_TEXT, .text = text};
      if (param->kind == SIM_PARAM_BOOL)
        value = (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = g_str_equal(text, "true")};
      g_assert_true(param->offset < (*ops)->settings_size);
      sim_param_set(param, settings, &value, &error);
      g_assert_no_error(error);
    }
    g_assert_cmpmem(settings, (*ops)->settings_size, (*ops)->defaults, (*ops)->settings_size);
    g_free(settings);
  }
}

/* The same of the profiles: nobody could ask for a value that is refused. */
static void
profiles_are_within_their_limits(void)
{
  for (const char *const *name = tcp_profile_names(); *name != NULL; name++) {
    TcpProfile profile = *tcp_profile_find(*name);
    g_assert_nonnull(profile.cc);
    for (const SimParam *param = tcp_profile_params; param->name != NULL; param++) {
      g_autofree char *text = sim_param_print(param, &profile);
      g_autoptr(GError) error = NULL;
      SimParamValue value = {.type = SIM_VALUE_TEXT, .text = text};
      if (param->kind == SIM_PARAM_BOOL)
        value = (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = g_str_equal(text, "true")};
      sim_param_set(param, &profile, &value, &error);
      g_assert_no_error(error);
      g_autofree char *again = sim_param_print(param, &profile);
      g_assert_cmpstr(again, ==, text);
    }
  }
}

static void
nothing_grows_while_the_application_is_idle(void)
{
  for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++) {
    if (*ops == &cc_ledbat || (*ops)->control != NULL)
      continue; /* by what is in flight instead: see below; by a model of the path: test-cc-bbr.c */
    for (int bytes = 0; bytes <= 1; bytes++) {
      Driver d = driver_with(*ops, 10, bytes, NULL);
      d.idle = true;
      for (int i = 0; i < 20; i++)
        driver_round(&d, d.rtt);
      g_assert_cmpuint(d.cc.cwnd, ==, 10 * MSS);
      d.cc.ssthresh = 5 * MSS; /* congestion avoidance */
      for (int i = 0; i < 20; i++)
        driver_round(&d, d.rtt);
      g_assert_cmpuint(d.cc.cwnd, ==, 10 * MSS);
      driver_free(&d);
    }
  }
}

/* A window of two segments at least, whatever comes. */
static void
losses_leave_two_segments(void)
{
  for (const TcpCcOps *const *ops = cc_list(); *ops != NULL; ops++) {
    if (*ops == &cc_none || (*ops)->control != NULL)
      continue;
    for (int bytes = 0; bytes <= 1; bytes++) {
      Driver d = driver_with(*ops, 10, bytes, NULL);
      for (int i = 0; i < 40; i++) {
        driver_ack(&d, 1);
        driver_loss(&d);
        g_assert_cmpuint(d.cc.ssthresh, >=, 2 * MSS);
        driver_rto(&d);
        g_assert_cmpuint(d.cc.ssthresh, >=, 2 * MSS);
      }
      driver_free(&d);
    }
  }
}

/* -- reno and its kin -- */

static void
reno_doubles_then_adds_one(void)
{
  Driver d = driver_new(&cc_reno, 10);
  driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), ==, 20);
  d.cc.ssthresh = 25 * MSS;
  for (int i = 0; i < 5; i++)
    driver_ack(&d, 1);
  g_assert_cmpuint(driver_cwnd(&d), ==, 25);
  for (int i = 0; i < 24; i++)
    driver_ack(&d, 1);
  g_assert_cmpuint(driver_cwnd(&d), ==, 25);
  driver_ack(&d, 1);
  g_assert_cmpuint(driver_cwnd(&d), ==, 26);
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 13);
  driver_free(&d);
}

/* AIMD(0.31, 0.875): from 40 to 35, and then a segment in 1 / 0.31 = 3.2 round trips. */
static void
reno_takes_other_numbers(void)
{
  CcRenoSettings settings = {.alpha = 0.31, .beta = 0.875, .beta_ecn = 0.9};
  g_assert_cmpuint(sizeof settings, ==, cc_reno.settings_size);
  Driver d = driver_with(&cc_reno, 40, false, &settings);
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 35);
  for (int i = 0; i < 20; i++)
    driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), ==, 41);
  driver_free(&d);
}

/* Before byte counting: an ACK of two segments counts as one; and the error of 1990, an eighth of a
 * segment more for each ACK: 40 ACKs of one round trip add 1 + 40/8 = 6. */
static void
reno_counts_acks_as_it_once_did(void)
{
  Driver d = driver_with(&cc_reno, 10, true, &cc_reno_1988);
  for (int i = 0; i < 5; i++)
    driver_ack(&d, 2);
  g_assert_cmpuint(driver_cwnd(&d), ==, 15);
  driver_free(&d);
  d = driver_with(&cc_reno, 40, true, &cc_reno_1990);
  d.cc.ssthresh = 40 * MSS;
  driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), >=, 45);
  g_assert_cmpuint(driver_cwnd(&d), <=, 46);
  driver_free(&d);
}

/* One ACK of a whole window, half of which takes cwnd to ssthresh. */
static void
reno_splits_an_ack_at_the_threshold(void)
{
  Driver d = driver_new(&cc_reno, 10);
  d.cc.ssthresh = 15 * MSS;
  driver_ack(&d, 10);
  g_assert_cmpuint(driver_cwnd(&d), ==, 15);
  g_assert_cmpuint(d.cc.acked_unused, ==, 5 * MSS);
  driver_ack(&d, 10);
  g_assert_cmpuint(driver_cwnd(&d), ==, 16);
  driver_free(&d);
}

static void
reno_obeys_the_limit_of_one_ack(void)
{
  Driver d = driver_new(&cc_reno, 10);
  d.cc.ack_limit = 2 * MSS;
  driver_ack(&d, 10);
  g_assert_cmpuint(driver_cwnd(&d), ==, 12);
  driver_free(&d);
}

/* Reno, NewReno and Tahoe differ in what recovery does with them. */
static void
kin_of_reno_say_how_they_differ(void)
{
  g_assert_false(cc_reno.cuts_flight || cc_reno.restart_after_loss);
  g_assert_true(cc_newreno.cuts_flight && !cc_newreno.restart_after_loss);
  g_assert_true(cc_tahoe.cuts_flight && cc_tahoe.restart_after_loss);
  const TcpCcOps *const kin[] = {&cc_newreno, &cc_tahoe};
  for (int i = 0; i < 2; i++) {
    Driver d = driver_new(kin[i], 20);
    kin[i]->on_loss(&d.cc, d.state, 14 * MSS, d.now);
    g_assert_cmpuint(d.cc.ssthresh, ==, 7 * MSS);
    kin[i]->on_rto(&d.cc, d.state, 3 * MSS, d.now);
    g_assert_cmpuint(d.cc.ssthresh, ==, 2 * MSS);
    d.cc.cwnd = MSS;
    for (int acks = 0; acks < 1 + 2; acks++) /* slow start to two, then one for two */
      driver_ack(&d, 1);
    g_assert_cmpuint(driver_cwnd(&d), ==, 3);
    driver_free(&d);
  }
}

/* -- a path of one queue: the round trip is what the window makes of it -- */

/* `base` is the empty path's round trip, `carries` the segments that fill it. */
static void
closed_loop(Driver *d, SimTime base, uint64_t carries, int rounds)
{
  for (int i = 0; i < rounds; i++) {
    uint64_t cwnd = driver_cwnd(d);
    uint64_t queued = cwnd > carries ? cwnd - carries : 0;
    d->rtt = base + base * (SimTime)queued / (SimTime)carries;
    driver_round(d, d->rtt);
  }
}

static void
vegas_keeps_two_to_four_in_the_queue(void)
{
  Driver d = driver_new(&cc_vegas, 10);
  closed_loop(&d, 100 * SIM_MILLISECOND, 50, 60);
  g_assert_cmpuint(driver_cwnd(&d), >=, 52);
  g_assert_cmpuint(driver_cwnd(&d), <=, 54);
  /* Someone else fills ten segments of the queue: so much less is ours. */
  for (int i = 0; i < 60; i++) {
    d.rtt = 100 * SIM_MILLISECOND * (driver_cwnd(&d) + 10) / 50;
    driver_round(&d, d.rtt);
  }
  g_assert_cmpuint(driver_cwnd(&d), >=, 40);
  g_assert_cmpuint(driver_cwnd(&d), <=, 46);
  driver_free(&d);
}

/* queued = 40 (110 - 100) / 100 = 4 > gamma: slow start ends at 40 x 100/110 + 1 = 37. */
static void
vegas_leaves_slow_start_by_delay(void)
{
  Driver d = driver_new(&cc_vegas, 20);
  driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), ==, 40);
  d.rtt = 110 * SIM_MILLISECOND;
  d.cc.cwnd = 40 * MSS;
  uint64_t before = 40;
  for (int i = 0; i < 100 && d.cc.ssthresh == UINT64_MAX; i++) {
    before = driver_cwnd(&d);
    d.now += SIM_MILLISECOND;
    driver_ack(&d, 1);
  }
  g_assert_cmpuint(driver_cwnd(&d), ==, before * 100 / 110 + 1);
  g_assert_cmpuint(d.cc.ssthresh, ==, d.cc.cwnd);
  driver_free(&d);
}

static void
vegas_is_reno_while_a_loss_is_repaired(void)
{
  Driver d = driver_new(&cc_vegas, 20);
  driver_round(&d, d.rtt);
  driver_rto(&d);
  g_assert_cmpuint(d.cc.ssthresh, ==, 20 * MSS);
  d.rtt = 500 * SIM_MILLISECOND; /* a delay that Vegas would stop at */
  for (int i = 0; i < 4; i++)
    driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), ==, 16);
  cc_vegas.on_recovered(&d.cc, d.state, d.now);
  driver_round(&d, d.rtt);
  driver_round(&d, d.rtt);
  uint64_t watched = driver_cwnd(&d);
  driver_round(&d, d.rtt);
  g_assert_cmpuint(driver_cwnd(&d), ==, watched - 1);
  driver_free(&d);
}

static void
westwood_falls_to_what_the_path_carries(void)
{
  /* 50 segments a round trip of 100 ms go through, whatever the window is beyond. */
  Driver d = driver_new(&cc_westwood, 50);
  d.cc.ssthresh = 50 * MSS;
  closed_loop(&d, 100 * SIM_MILLISECOND, 50, 60);
  g_assert_cmpuint(driver_cwnd(&d), >, 80);
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), >=, 49); /* Reno: less than 45 and not for the path's sake */
  g_assert_cmpuint(driver_cwnd(&d), <=, 51);
  driver_free(&d);
}

static void
westwood_keeps_the_window_when_no_queue_is_ours(void)
{
  Driver d = driver_new(&cc_westwood, 20);
  d.cc.ssthresh = 20 * MSS;
  closed_loop(&d, 100 * SIM_MILLISECOND, 100, 40);
  uint64_t before = driver_cwnd(&d);
  g_assert_cmpuint(before, <, 100);
  driver_loss(&d); /* at random: the path is not full */
  g_assert_cmpuint(driver_cwnd(&d), <=, before);
  g_assert_cmpuint(driver_cwnd(&d) * 10, >=, before * 7); /* what the filter lags behind */
  driver_free(&d);
}

/* 20 segments every 101 ms, then 40 once: both filters have a weight of 1/8. */
static void
westwood_filters_twice(void)
{
  Driver d = driver_with(&cc_westwood, 100, true, NULL);
  d.cc.ssthresh = d.cc.cwnd;
  for (int i = 0; i < 20; i++, d.now += 101 * SIM_MILLISECOND)
    driver_ack(&d, 20);
  driver_ack(&d, 40);
  driver_loss(&d);
  double expected = 20 * MSS / 0.101 * (1 + 1.0 / 64) * 0.1;
  g_assert_cmpfloat_with_epsilon((double)d.cc.ssthresh, expected, 1);
  driver_free(&d);
}

static void
westwood_halves_before_it_has_measured(void)
{
  Driver d = driver_new(&cc_westwood, 20);
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 10);
  driver_free(&d);
}

static void
westwood_measures_the_path_anew_after_a_time_out(void)
{
  Driver d = driver_new(&cc_westwood, 20);
  d.cc.ssthresh = 20 * MSS;
  for (int i = 0; i < 60; i++)
    driver_round(&d, d.rtt);
  driver_rto(&d);
  d.rtt = 300 * SIM_MILLISECOND;
  d.cc.cwnd = d.cc.ssthresh = 60 * MSS;
  for (int i = 0; i < 60; i++) {
    d.cc.cwnd = 60 * MSS; /* 200 segments a second, 300 ms */
    driver_round(&d, d.rtt);
  }
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), >=, 59);
  driver_free(&d);
}

/* -- ledbat -- */

/* One round trip of an empty queue adds GAIN = 1 segment; at the target nothing; beyond, less. */
static void
ledbat_moves_by_the_distance_from_its_target(void)
{
  Driver d = driver_with(&cc_ledbat, 50, true, NULL);
  driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, >=, 50 * MSS + 980);
  g_assert_cmpuint(d.cc.cwnd, <=, 51 * MSS);
  d.rtt = 200 * SIM_MILLISECOND;
  for (int i = 0; i < 4; i++)
    driver_ack(&d, 1); /* until the filter holds nothing else */
  uint64_t at_target = d.cc.cwnd;
  driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, ==, at_target);
  d.rtt = 300 * SIM_MILLISECOND; /* queuing 200 ms: off_target is -1 */
  for (int i = 0; i < 4; i++)
    driver_ack(&d, 1);
  uint64_t before = d.cc.cwnd;
  driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, <=, before - 980);
  g_assert_cmpuint(d.cc.cwnd, >=, before - 1020);
  driver_free(&d);
}

/* 25 ms of queue on a path that carries 40 segments in 100 ms: 10 of them. */
static void
ledbat_holds_its_queue_at_the_target(void)
{
  struct {
    SimTime target;
    double gain;
  } settings = {25 * SIM_MILLISECOND, 1};
  g_assert_cmpuint(sizeof settings, ==, cc_ledbat.settings_size);
  for (int bytes = 0; bytes <= 1; bytes++) {
    Driver d = driver_with(&cc_ledbat, 10, bytes, &settings);
    closed_loop(&d, 100 * SIM_MILLISECOND, 40, 300);
    g_assert_cmpuint(driver_cwnd(&d), >=, 49);
    g_assert_cmpuint(driver_cwnd(&d), <=, 51);
    driver_free(&d);
  }
}

static void
ledbat_stays_near_what_is_in_flight(void)
{
  Driver d = driver_new(&cc_ledbat, 50);
  TcpCcAck ack = {.now = d.now, .acked = MSS, .flight = 10 * MSS, .rtt = d.rtt};
  cc_ledbat.on_ack(&d.cc, d.state, &ack);
  g_assert_cmpuint(driver_cwnd(&d), ==, 11);
  driver_free(&d);
}

static void
ledbat_forgets_the_base_delay_after_ten_minutes(void)
{
  Driver d = driver_with(&cc_ledbat, 50, true, NULL);
  driver_round(&d, d.rtt);
  d.rtt = 250 * SIM_MILLISECOND; /* another path: 150 ms more, above the target */
  d.now += 60 * SIM_SECOND;
  driver_round(&d, d.rtt);
  uint64_t before = d.cc.cwnd;
  driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, <, before);
  d.now += 10 * 60 * SIM_SECOND;
  driver_ack(&d, 1);
  before = d.cc.cwnd;
  driver_round(&d, d.rtt);
  g_assert_cmpuint(d.cc.cwnd, >=, before + 980);
  driver_free(&d);
}

/* -- marks -- */

/* What a mark leaves of 100 segments. */
static uint64_t
after_a_mark(Driver *d)
{
  d->cc.cwnd = 100 * MSS;
  d->ops->on_mark(&d->cc, d->state, d->cc.cwnd, d->now);
  return d->cc.ssthresh / MSS;
}

/* RFC 8511: reno to 0.8, cubic to 0.85, in both of its accounts; a loss as ever. */
static void
a_mark_cuts_less_than_a_loss(void)
{
  Driver d = driver_new(&cc_reno, 10);
  g_assert_cmpuint(after_a_mark(&d), ==, 80);
  d.cc.cwnd = 100 * MSS;
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 50);
  driver_free(&d);
  for (int bytes = 0; bytes <= 1; bytes++) {
    d = driver_with(&cc_cubic, 10, bytes, NULL);
    g_assert_cmpuint(after_a_mark(&d), >=, 84); /* 870 / 1024 in the kernel's account */
    g_assert_cmpuint(d.cc.ssthresh / MSS, <=, 85);
    d.cc.cwnd = 100 * MSS;
    driver_loss(&d);
    g_assert_cmpuint(driver_cwnd(&d), >=, 69);
    g_assert_cmpuint(driver_cwnd(&d), <=, 70);
    driver_free(&d);
  }
}

/* `rounds` windows of 100 segments with the first `marked` of each marked; cwnd is kept. */
static void
marked_rounds(Driver *d, int rounds, int marked)
{
  for (int i = 0; i < rounds; i++)
    for (int k = 0; k < 100; k++) {
      d->cc.cwnd = 100 * MSS;
      d->cc.ssthresh = 50 * MSS;
      d->marked = k < marked;
      driver_ack(d, 1);
    }
  d->marked = false;
}

/* Alpha is 1 at first: a mark halves the window. Then each window takes 1/16 of the way to the
 * fraction that is marked, and the cut is half of alpha. */
static void
dctcp_cuts_by_half_of_what_is_marked(void)
{
  Driver d = driver_new(&cc_dctcp, 100);
  g_assert_cmpuint(after_a_mark(&d), ==, 50);
  marked_rounds(&d, 17, 0);
  double alpha = 1;
  for (int i = 0; i < 18; i++) /* the first ACK ends a window, too */
    alpha *= 15.0 / 16;
  g_assert_cmpuint(after_a_mark(&d), ==, (uint64_t)(100 - (int)(100 * alpha / 2)));
  marked_rounds(&d, 200, 40);
  g_assert_cmpuint(after_a_mark(&d), ==, 80); /* alpha 0.4, a fifth */
  marked_rounds(&d, 200, 100);
  g_assert_cmpuint(after_a_mark(&d), ==, 51); /* nearly 1, from below */
  driver_free(&d);
}

static void
dctcp_takes_a_loss_as_reno_does(void)
{
  Driver d = driver_new(&cc_dctcp, 100);
  marked_rounds(&d, 200, 0);
  g_assert_cmpuint(after_a_mark(&d), ==, 100);
  d.cc.cwnd = 100 * MSS;
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 50);
  driver_free(&d);
}

/* -- none -- */

static void
none_never_changes(void)
{
  Driver d = driver_new(&cc_none, 10);
  driver_round(&d, d.rtt);
  driver_loss(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 10);
  driver_rto(&d);
  g_assert_cmpuint(driver_cwnd(&d), ==, 1);
  driver_ack(&d, 1);
  g_assert_cmpuint(driver_cwnd(&d), ==, 10);
  driver_free(&d);
}

static void
none_takes_its_window_in_bytes_or_segments(void)
{
  struct {
    uint64_t window;
    int64_t segments;
  } settings = {0, 3};
  g_assert_cmpuint(sizeof settings, ==, cc_none.settings_size);
  Driver d = driver_with(&cc_none, 10, false, &settings);
  g_assert_cmpuint(d.cc.cwnd, ==, 3 * MSS);
  driver_free(&d);
  settings.window = 64500;
  d = driver_with(&cc_none, 10, false, &settings);
  g_assert_cmpuint(d.cc.cwnd, ==, 64500);
  driver_free(&d);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cc/list-is-whole", each_of_the_list_is_whole_and_found);
  g_test_add_func("/cc/settings-are-shared", settings_that_say_the_same_are_shared);
  g_test_add_func("/cc/defaults-are-within-their-limits", defaults_are_within_their_limits);
  g_test_add_func("/cc/profiles-are-within-their-limits", profiles_are_within_their_limits);
  g_test_add_func("/cc/no-growth-without-data", nothing_grows_while_the_application_is_idle);
  g_test_add_func("/cc/losses-leave-two-segments", losses_leave_two_segments);
  g_test_add_func("/cc/reno/doubles-then-adds-one", reno_doubles_then_adds_one);
  g_test_add_func("/cc/reno/ack-across-the-threshold", reno_splits_an_ack_at_the_threshold);
  g_test_add_func("/cc/reno/limit-of-one-ack", reno_obeys_the_limit_of_one_ack);
  g_test_add_func("/cc/reno/alpha-and-beta", reno_takes_other_numbers);
  g_test_add_func("/cc/reno/acks-as-once", reno_counts_acks_as_it_once_did);
  g_test_add_func("/cc/reno/kin", kin_of_reno_say_how_they_differ);
  g_test_add_func("/cc/vegas/two-to-four-queued", vegas_keeps_two_to_four_in_the_queue);
  g_test_add_func("/cc/vegas/slow-start-ends-by-delay", vegas_leaves_slow_start_by_delay);
  g_test_add_func("/cc/vegas/reno-during-repair", vegas_is_reno_while_a_loss_is_repaired);
  g_test_add_func("/cc/westwood/cuts-to-the-path", westwood_falls_to_what_the_path_carries);
  g_test_add_func("/cc/westwood/random-loss", westwood_keeps_the_window_when_no_queue_is_ours);
  g_test_add_func("/cc/westwood/filter", westwood_filters_twice);
  g_test_add_func("/cc/westwood/before-a-sample", westwood_halves_before_it_has_measured);
  g_test_add_func("/cc/westwood/after-a-time-out",
                  westwood_measures_the_path_anew_after_a_time_out);
  g_test_add_func("/cc/ledbat/off-target", ledbat_moves_by_the_distance_from_its_target);
  g_test_add_func("/cc/ledbat/holds-the-target", ledbat_holds_its_queue_at_the_target);
  g_test_add_func("/cc/ledbat/near-the-flight", ledbat_stays_near_what_is_in_flight);
  g_test_add_func("/cc/ledbat/base-history", ledbat_forgets_the_base_delay_after_ten_minutes);
  g_test_add_func("/cc/none/never-changes", none_never_changes);
  g_test_add_func("/cc/none/bytes-or-segments", none_takes_its_window_in_bytes_or_segments);
  g_test_add_func("/cc/abe", a_mark_cuts_less_than_a_loss);
  g_test_add_func("/cc/dctcp/half-of-what-is-marked", dctcp_cuts_by_half_of_what_is_marked);
  g_test_add_func("/cc/dctcp/reno-after-a-loss", dctcp_takes_a_loss_as_reno_does);
  return g_test_run();
}
