/* Loss models: the list, Bernoulli's frequency, a function in place of a model. */
#include "models/net/loss.h"

#include <math.h>

#include "tests/unit/net-fixture.h"

#define PACKETS 100000

static unsigned
losses(double p, uint64_t seed)
{
  void *state = g_malloc0(loss_bernoulli.state_size);
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = p};
  const SimParam *param = sim_param_find(loss_bernoulli.params, "p");
  g_assert_true(sim_param_set(param, state, &value, NULL));
  SimRng rng;
  sim_rng_init(&rng, seed, "link a>b");
  Packet packet = {.protocol = NET_PROTO_UDP};
  unsigned count = 0;
  for (unsigned i = 0; i < PACKETS; i++)
    count += loss_bernoulli.lose(state, &packet, i, &rng);
  g_free(state);
  return count;
}

static void
bernoulli_loses_its_share(void)
{
  static const double ps[] = {0.001, 0.1, 0.5};
  for (size_t i = 0; i < G_N_ELEMENTS(ps); i++) {
    double expected = PACKETS * ps[i];
    double deviation = sqrt(expected * (1 - ps[i]));
    double seen = losses(ps[i], 7);
    g_assert_cmpfloat(fabs(seen - expected), <, 4 * deviation);
  }
  g_assert_cmpuint(losses(0, 7), ==, 0);
  g_assert_cmpuint(losses(1, 7), ==, PACKETS);
  g_assert_cmpuint(losses(0.1, 7), ==, losses(0.1, 7));
  g_assert_cmpuint(losses(0.1, 7), !=, losses(0.1, 8));
}

static void
bernoulli_takes_a_probability_only(void)
{
  double state = 0.25;
  SimParamValue value = {.type = SIM_VALUE_NUMBER, .number = 1.5};
  const SimParam *param = sim_param_find(loss_bernoulli.params, "p");
  GError *error = NULL;
  g_assert_false(sim_param_set(param, &state, &value, &error));
  fixture_assert_error(&error, "p");
  g_assert_cmpfloat(state, ==, 0.25);
}

static void
list_knows_the_models(void)
{
  g_assert_true(loss_find("bernoulli") == &loss_bernoulli);
  g_assert_null(loss_find("function")); /* it has no text form */
  g_assert_null(loss_find("bernouli"));
  unsigned count = 0;
  for (const LossOps *const *ops = loss_list(); *ops != NULL; ops++, count++) {
    g_assert_true(loss_find((*ops)->name) == *ops);
    g_assert_nonnull((*ops)->help);
    g_assert_nonnull((*ops)->params);
    g_assert_nonnull((*ops)->lose);
  }
  g_assert_cmpuint(count, >=, 1);
}

static bool
every_third(const Packet *packet, SimTime now, void *data)
{
  return ++*(unsigned *)data % 3 == 0;
}

static void
function_decides_and_its_data_is_freed(void)
{
  Fixture f;
  fixture_link(&f, 0, FIXTURE_MS);
  void *state = g_malloc0(loss_function.state_size);
  loss_function_set(state, every_third, g_new0(unsigned, 1), g_free);
  link_set_loss(f.way, &loss_function, state);
  for (unsigned i = 1; i <= 7; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 4 5 7");
  g_assert_cmpuint(link_counters(f.way)->dropped_loss, ==, 2);
  link_set_loss(f.way, NULL, NULL); /* frees the model; the sanitized build would tell */
  for (unsigned i = 8; i <= 10; i++)
    fixture_send(&f, i, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 4 5 7 8 9 10");
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/loss/bernoulli-loses-its-share", bernoulli_loses_its_share);
  g_test_add_func("/loss/bernoulli-takes-a-probability-only", bernoulli_takes_a_probability_only);
  g_test_add_func("/loss/list-knows-the-models", list_knows_the_models);
  g_test_add_func("/loss/function-decides", function_decides_and_its_data_is_freed);
  return g_test_run();
}
