/* Loads: what distributions draw, and that every flow is served and recorded. */
#include <glib/gstdio.h>
#include <math.h>

#include "models/app/app-load.h"
#include "tests/unit/net-fixture.h"

#define DRAWS 200000

static double
mean_of(const AppDist *dist, double *share_below_mean)
{
  SimRng rng;
  double sum = 0, below = 0, mean = app_dist_mean(dist);
  sim_rng_init(&rng, 7, "load test");
  for (int i = 0; i < DRAWS; i++) {
    double value = app_dist_draw(dist, &rng);
    g_assert_cmpfloat(value, >=, 0);
    sum += value;
    below += value < mean;
  }
  *share_below_mean = below / DRAWS;
  return sum / DRAWS;
}

static void
assert_dist(AppDist dist, double mean, double tolerance, double below)
{
  GError *error = NULL;
  app_dist_check(&dist, &error);
  g_assert_no_error(error);
  double share, seen = mean_of(&dist, &share);
  g_assert_cmpfloat_with_epsilon(app_dist_mean(&dist), mean, mean * 1e-9);
  g_assert_cmpfloat(fabs(seen / mean - 1), <, tolerance);
  g_assert_cmpfloat(fabs(share - below), <, 0.005);
  app_dist_clear(&dist);
}

/* The mean, and the share below it by each one's formula. */
static void
distributions_have_their_means(void)
{
  assert_dist((AppDist){.kind = APP_UNIFORM, .low = 10, .high = 30}, 20, 0.005, 0.5);
  assert_dist((AppDist){.kind = APP_EXPONENTIAL, .mean = 5}, 5, 0.01, 1 - exp(-1));
  assert_dist((AppDist){.kind = APP_PARETO, .mean = 9, .shape = 3}, 9, 0.02,
              1 - pow(2.0 / 3, 3)); /* from 6 on */
  assert_dist((AppDist){.kind = APP_LOG_NORMAL, .mean = 100, .sigma = 1}, 100, 0.02,
              0.5 * erfc(-0.5 / sqrt(2)));
  AppDist table = {.kind = APP_EMPIRICAL};
  GError *error = NULL;
  sim_numbers_parse(&table.table, "10 0.5\n20, 1\n", "table", &app_dist_form, &error);
  g_assert_no_error(error);
  assert_dist(table, 12.5, 0.005, 0.625); /* half are 10, the rest between 10 and 20 */
}

static void
tables_that_are_none(void)
{
  static const struct {
    const char *text, *error;
  } rows[] = {{"10 0.5\n5 1\n", "table:2: 5: the values of a table rise"},
              {"10 0.5\n20 0.4\n", "table:2: 0.4: cumulative probabilities rise"},
              {"10 0.5\n20 1.1\n", "table:2: 1.1: a probability is at most 1"},
              {"10 0.5\n20 0.9\n", "table:2: 0.9: the last probability is 1"}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    AppDist dist = {.kind = APP_EMPIRICAL};
    GError *error = NULL;
    g_assert_true(sim_numbers_parse(&dist.table, rows[i].text, "table", &app_dist_form, &error));
    g_assert_false(app_dist_check(&dist, &error));
    fixture_assert_error(&error, rows[i].error);
    app_dist_clear(&dist);
  }
  AppDist uniform = {.kind = APP_UNIFORM, .low = 2, .high = 1};
  GError *error = NULL;
  g_assert_false(app_dist_check(&uniform, &error));
  fixture_assert_error(&error, "low must be at most high");
}

/* -- loads over a link -- */

typedef struct World {
  Fixture f;
  TcpHost *a, *b;
  GString *flows; /* what was told */
} World;

static void
on_flow(Sim *sim, const void *data, void *self)
{
  const AppFlowRecord *flow = data;
  g_string_append_printf(((World *)self)->flows, "%s %u %s>%s %u %s\n", flow->name,
                         (unsigned)flow->flow, flow->from->name, flow->to->name,
                         (unsigned)flow->bytes, flow->outcome);
}

static void
world_new(World *world)
{
  fixture_link(&world->f, 100000000, FIXTURE_MS);
  node_set_protocol(world->f.a, NET_PROTO_TCP, NULL, NULL);
  node_set_protocol(world->f.b, NET_PROTO_TCP, NULL, NULL);
  world->a = tcp_host_new(world->f.a, tcp_profile_find("linux"));
  world->b = tcp_host_new(world->f.b, tcp_profile_find("linux"));
  world->flows = g_string_new(NULL);
  sim_trace_listen(world->f.sim, APP_TRACE_FLOW, on_flow, world);
}

static void
world_free(World *world, AppLoad *load)
{
  sim_trace_ignore(world->f.sim, APP_TRACE_FLOW, on_flow, world);
  tcp_host_free(world->a);
  tcp_host_free(world->b);
  app_load_free(load);
  g_string_free(world->flows, TRUE);
  fixture_free(&world->f);
}

static AppLoadSettings
settings_for(World *world)
{
  return (AppLoadSettings){.name = "load",
                           .from = &world->a,
                           .to = &world->b,
                           .n_from = 1,
                           .n_to = 1,
                           .port = 80,
                           .count = 2,
                           .until = SIM_TIME_NEVER,
                           .gap = app_dist_constant(0.1),
                           .request = app_dist_constant(1000),
                           .rounds = 1};
}

static AppLoad *
load_new(World *world, const AppLoadSettings *settings)
{
  GError *error = NULL;
  AppLoad *load = app_load_new(world->f.sim, settings, &error);
  g_assert_no_error(error);
  return load;
}

static void
one_way(void)
{
  World world;
  world_new(&world);
  AppLoadSettings settings = settings_for(&world);
  AppLoad *load = load_new(&world, &settings);
  fixture_run_all(&world.f);
  g_assert_cmpstr(world.flows->str, ==, "load 1 a>b 1000 completed\nload 2 a>b 1000 completed\n");
  /* A handshake and half a round trip: 3 ms, and 1,052 + 2 x 60 + 52 bytes at 80 ns. */
  g_assert_cmpfloat(app_load_counters(load)->fct.mean, >, 0.003);
  g_assert_cmpfloat(app_load_counters(load)->fct.mean, <, 0.00312);
  g_assert_cmpuint(tcp_host_connections(world.a), ==, 0);
  g_assert_cmpuint(tcp_host_connections(world.b), ==, 0);
  world_free(&world, load);
}

static void
requests_and_responses(void)
{
  for (int server_closes = 0; server_closes < 2; server_closes++) {
    World world;
    world_new(&world);
    AppLoadSettings settings = settings_for(&world);
    settings.count = 1;
    settings.rounds = 3;
    settings.response = app_dist_constant(5000);
    settings.think = app_dist_constant(0.5);
    settings.server_closes = server_closes;
    AppLoad *load = load_new(&world, &settings);
    fixture_run_all(&world.f);
    g_assert_cmpstr(world.flows->str, ==,
                    "load 1 a>b 6000 completed\nload 1 a>b 6000 completed\n"
                    "load 1 a>b 6000 completed\n");
    const AppLoadCounters *counters = app_load_counters(load);
    g_assert_cmpuint(counters->bytes, ==, 18000);
    g_assert_cmpuint(counters->failed, ==, 0);
    g_assert_cmpfloat(counters->fct.max, >, 0.004); /* with the handshake */
    g_assert_cmpfloat(counters->fct.min, <, 0.003);
    g_assert_cmpfloat(app_load_fct(load, 1), >, 0.004);
    world_free(&world, load);
  }
}

static void
what_fails_is_told(void)
{
  World world;
  world_new(&world);
  AppLoadSettings settings = settings_for(&world);
  settings.count = 1;
  AppLoad *load = load_new(&world, &settings);
  link_down(&world.f.link->forward);
  fixture_run_all(&world.f);
  const AppLoadCounters *counters = app_load_counters(load);
  g_assert_cmpuint(counters->failed, ==, 1);
  g_assert_cmpuint(counters->completed, ==, 0);
  g_assert_nonnull(strstr(world.flows->str, "load 1 a>b 0 "));
  world_free(&world, load);
}

static void
a_taken_port_is_an_error(void)
{
  World world;
  world_new(&world);
  AppLoadSettings settings = settings_for(&world);
  AppLoad *load = load_new(&world, &settings);
  GError *error = NULL;
  settings = settings_for(&world);
  g_assert_null(app_load_new(world.f.sim, &settings, &error));
  fixture_assert_error(&error, "80");
  fixture_run_all(&world.f);
  world_free(&world, load);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/app/distributions", distributions_have_their_means);
  g_test_add_func("/app/tables", tables_that_are_none);
  g_test_add_func("/app/one-way", one_way);
  g_test_add_func("/app/requests-and-responses", requests_and_responses);
  g_test_add_func("/app/failures", what_fails_is_told);
  g_test_add_func("/app/taken-port", a_taken_port_is_an_error);
  return g_test_run();
}
