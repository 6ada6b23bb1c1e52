/* Each loss model against its formula, at a seed that is written here. */
#include <glib/gstdio.h>
#include <math.h>

#include "models/net/loss.h"
#include "tests/unit/model-fixture.h"
#include "tests/unit/net-fixture.h"

#define PACKETS 1000000

typedef struct Losses {
  unsigned lost;
  unsigned bursts;  /* rows of lost packets */
  unsigned longest; /* packets of the longest */
} Losses;

static void *
state_new(const LossOps *ops)
{
  void *state = g_malloc0(ops->state_size);
  if (ops->init != NULL)
    ops->init(state);
  return state;
}

static void
state_free(const LossOps *ops, void *state)
{
  if (ops->clear != NULL)
    ops->clear(state);
  g_free(state);
}

/* Offers so many packets of `size` IP bytes. */
static Losses
offer(const LossOps *ops, void *state, unsigned packets, uint32_t size)
{
  Packet packet = {.protocol = NET_PROTO_UDP, .family = 4, .payload = size - 28};
  Losses losses = {0};
  unsigned row = 0;
  SimRng rng;
  sim_rng_init(&rng, 7, "link a>b");
  for (unsigned i = 0; i < packets; i++) {
    bool lost = ops->lose(state, &packet, i, &rng);
    losses.bursts += lost && row == 0;
    row = lost ? row + 1 : 0;
    losses.lost += lost;
    losses.longest = MAX(losses.longest, row);
  }
  return losses;
}

static void
assert_near(double seen, double expected, double tolerance)
{
  if (fabs(seen - expected) > tolerance * expected)
    g_error("%g is not within %g %% of %g", seen, 100 * tolerance, expected);
}

static Losses
gilbert_elliott(double p, double r, double h, double k)
{
  const LossOps *ops = &loss_gilbert_elliott;
  void *state = state_new(ops);
  model_set(ops->params, state, "p", p);
  model_set(ops->params, state, "r", r);
  model_set(ops->params, state, "h", h);
  model_set(ops->params, state, "k", k);
  Losses losses = offer(ops, state, PACKETS, 100);
  state_free(ops, state);
  return losses;
}

/* p = .01, r = .25: 1/26 are lost, in bursts of 4. The number of bursts, about 9,600, has a
 * deviation of 1 % of it, and so has their mean length. */
static void
gilbert_elliott_has_its_rate_and_bursts(void)
{
  Losses losses = gilbert_elliott(0.01, 0.25, 0, 1);
  assert_near((double)losses.lost / PACKETS, 0.01 / 0.26, 0.04);
  assert_near((double)losses.lost / losses.bursts, 4, 0.03);
  losses = gilbert_elliott(0.01, 0.25, 0.5, 0.999); /* .03846 x .5 + .96154 x .001 */
  assert_near((double)losses.lost / PACKETS, 0.5 * 0.01 / 0.26 + 0.001 * 0.25 / 0.26, 0.04);
  losses = gilbert_elliott(0.0001, 1, 0, 1); /* far below 1 %: 1 in 10,001 */
  assert_near((double)losses.lost / PACKETS, 0.0001 / 1.0001, 0.4);
  g_assert_cmpuint(losses.longest, ==, 1);
  losses = gilbert_elliott(0, 0.25, 0, 1);
  g_assert_cmpuint(losses.lost, ==, 0);
}

static void
bernoulli_below_one_per_cent_is_not_rounded(void)
{
  void *state = state_new(&loss_bernoulli);
  model_set(loss_bernoulli.params, state, "p", 0.0005);
  Losses losses = offer(&loss_bernoulli, state, PACKETS, 100);
  assert_near(losses.lost, 500, 4 / sqrt(500));
  state_free(&loss_bernoulli, state);
}

static void
bursts_have_their_length(void)
{
  void *state = state_new(&loss_burst);
  model_set(loss_burst.params, state, "p", 0.001);
  model_set(loss_burst.params, state, "length", 5);
  Losses losses = offer(&loss_burst, state, PACKETS, 100);
  assert_near((double)losses.lost / PACKETS, 0.005 / 1.004, 0.13); /* about 996 bursts */
  g_assert_cmpuint(losses.longest % 5, ==, 0);                     /* two may touch */
  g_assert_cmpuint(losses.lost % 5, ==, 0);
  state_free(&loss_burst, state);
}

/* Which of the first `packets` a model loses: "3 7". */
static char *
lost_ones(const LossOps *ops, void *state, unsigned packets)
{
  GString *text = g_string_new(NULL);
  Packet packet = {.protocol = NET_PROTO_UDP, .family = 4, .payload = 100};
  SimRng rng;
  sim_rng_init(&rng, 7, "link a>b");
  for (unsigned i = 1; i <= packets; i++)
    if (ops->lose(state, &packet, 0, &rng))
      g_string_append_printf(text, "%s%u", text->len > 0 ? " " : "", i);
  return g_string_free(text, FALSE);
}

static void
assert_lost(const LossOps *ops, void *state, unsigned packets, const char *expected)
{
  GError *error = NULL;
  if (ops->check != NULL)
    ops->check(state, &error);
  g_assert_no_error(error);
  g_autofree char *lost = lost_ones(ops, state, packets);
  g_assert_cmpstr(lost, ==, expected);
  state_free(ops, state);
}

static void
periodic_loses_every_so_many(void)
{
  void *state = state_new(&loss_periodic);
  model_set(loss_periodic.params, state, "every", 10);
  assert_lost(&loss_periodic, state, 35, "10 20 30");
  state = state_new(&loss_periodic);
  model_set(loss_periodic.params, state, "every", 10);
  model_set(loss_periodic.params, state, "first", 3);
  model_set(loss_periodic.params, state, "length", 2);
  assert_lost(&loss_periodic, state, 35, "3 4 13 14 23 24 33 34");
}

static void
periodic_does_not_lose_more_than_there_is(void)
{
  void *state = state_new(&loss_periodic);
  GError *error = NULL;
  model_set(loss_periodic.params, state, "every", 2);
  model_set(loss_periodic.params, state, "length", 3);
  g_assert_false(loss_periodic.check(state, &error));
  fixture_assert_error(&error, "length = 3: must be at most every, which is 2");
  state_free(&loss_periodic, state);
}

static void
list_loses_exactly_these(void)
{
  const double packets[] = {3, 7, 8, 1000};
  void *state = state_new(&loss_list_ops);
  model_set_list(loss_list_ops.params, state, "packets", packets, 4);
  assert_lost(&loss_list_ops, state, 20, "3 7 8");
}

static void
list_is_in_order(void)
{
  const double packets[] = {3, 3};
  void *state = state_new(&loss_list_ops);
  GError *error = NULL;
  g_assert_false(loss_list_ops.check(state, &error));
  fixture_assert_error(&error, "{kind = \"list\", 3, 7}");
  model_set_list(loss_list_ops.params, state, "packets", packets, 2);
  g_assert_false(loss_list_ops.check(state, &error));
  fixture_assert_error(&error, "3: the packets are written in increasing order, each once");
  state_free(&loss_list_ops, state);
}

static double
bit_error_share(double ber, uint32_t size)
{
  void *state = state_new(&loss_bit_error);
  model_set(loss_bit_error.params, state, "ber", ber);
  Losses losses = offer(&loss_bit_error, state, PACKETS, size);
  state_free(&loss_bit_error, state);
  return (double)losses.lost / PACKETS;
}

static void
bit_errors_count_by_length(void)
{
  assert_near(bit_error_share(1e-5, 1500), 1 - pow(1 - 1e-5, 12000), 0.012); /* 11.3 % */
  assert_near(bit_error_share(1e-5, 40), 1 - pow(1 - 1e-5, 320), 0.08);      /* 0.32 % */
  assert_near(bit_error_share(1e-8, 1500), 1.2e-4, 0.4); /* 120 packets: 4 deviations */
  g_assert_cmpfloat(bit_error_share(1, 40), ==, 1);
  g_assert_cmpfloat(bit_error_share(0, 40), ==, 0);
}

static void
trace_repeats_what_was_recorded(void)
{
  void *state = state_new(&loss_trace);
  GError *error = NULL;
  model_set_file(loss_trace.params, state, "file", "# of a Tuesday\n0\n1\n\n1 # late\n0\n", &error);
  g_assert_no_error(error);
  assert_lost(&loss_trace, state, 10, "2 3 6 7 10");
  state = state_new(&loss_trace);
  model_set(loss_trace.params, state, "repeat", 0);
  model_set_file(loss_trace.params, state, "file", "0\n1\n", &error);
  assert_lost(&loss_trace, state, 10, "2");
}

static void
trace_names_the_wrong_line(void)
{
  void *state = state_new(&loss_trace);
  GError *error = NULL;
  g_assert_false(model_set_file(loss_trace.params, state, "file", "0\n# two\n2\n", &error));
  fixture_assert_error(&error, ":3: 2: must be at most 1");
  g_assert_false(model_set_file(loss_trace.params, state, "file", "0\nlost\n", &error));
  fixture_assert_error(&error, ":2: \"lost\": a number is wanted");
  g_assert_false(model_set_file(loss_trace.params, state, "file", "# nothing\n", &error));
  fixture_assert_error(&error, "there are no numbers in this file");
  g_assert_false(loss_trace.check(state, &error));
  fixture_assert_error(&error, "file is missing");
  state_free(&loss_trace, state);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/loss/gilbert-elliott", gilbert_elliott_has_its_rate_and_bursts);
  g_test_add_func("/loss/bernoulli-small", bernoulli_below_one_per_cent_is_not_rounded);
  g_test_add_func("/loss/burst", bursts_have_their_length);
  g_test_add_func("/loss/periodic", periodic_loses_every_so_many);
  g_test_add_func("/loss/periodic-check", periodic_does_not_lose_more_than_there_is);
  g_test_add_func("/loss/list", list_loses_exactly_these);
  g_test_add_func("/loss/list-check", list_is_in_order);
  g_test_add_func("/loss/bit-error", bit_errors_count_by_length);
  g_test_add_func("/loss/trace", trace_repeats_what_was_recorded);
  g_test_add_func("/loss/trace-errors", trace_names_the_wrong_line);
  return g_test_run();
}
