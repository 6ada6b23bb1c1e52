/* Streams of datagrams: how many leave, when, of which size, and when they stop. */
#include <math.h>

#include "models/app/app-stream.h"
#include "sim/error.h"
#include "tests/unit/net-fixture.h"

typedef struct World {
  Fixture f;
  UdpHost *a, *b;
  GArray *times; /* of SimTime: when each packet arrived at b's node */
  uint64_t bytes;
} World;

static void
on_packet(Sim *sim, const void *data, void *self)
{
  World *world = self;
  const NetPacketRecord *record = data;
  if (record->event != NET_PACKET_RECEIVE || record->node != world->f.b)
    return;
  g_array_append_val(world->times, record->time);
  world->bytes += packet_size(record->packet);
}

/* No limit of rate and no delay: a packet arrives when it leaves. */
static void
world_new(World *world)
{
  fixture_link(&world->f, 0, 0);
  node_set_protocol(world->f.a, NET_PROTO_UDP, NULL, NULL);
  node_set_protocol(world->f.b, NET_PROTO_UDP, NULL, NULL);
  world->a = udp_host_new(world->f.a);
  world->b = udp_host_new(world->f.b);
  world->times = g_array_new(false, false, sizeof(SimTime));
  world->bytes = 0;
  sim_trace_listen(world->f.sim, NET_TRACE_PACKET, on_packet, world);
}

static void
world_free(World *world, AppStream *stream)
{
  sim_trace_ignore(world->f.sim, NET_TRACE_PACKET, on_packet, world);
  udp_host_free(world->a);
  udp_host_free(world->b);
  app_stream_free(stream);
  g_array_unref(world->times);
  fixture_free(&world->f);
}

static AppStreamSettings
settings_for(World *world)
{
  return (AppStreamSettings){
      .name = "stream",
      .from = world->a,
      .to = world->b,
      .port = 9,
      .start = 0,
      .until = SIM_SECOND,
      .rate = 8000000, /* 1,000 packets of 1,000 bytes a second */
      .size = 1000,
      .steady = true,
  };
}

static AppStream *
run(World *world, const AppStreamSettings *settings)
{
  GError *error = NULL;
  AppStream *stream = app_stream_new(world->f.sim, settings, &error);
  g_assert_no_error(error);
  fixture_run_all(&world->f);
  return stream;
}

static SimTime
time_at(const World *world, unsigned index)
{
  return g_array_index(world->times, SimTime, index);
}

static void
steady_ones_keep_their_rate(void)
{
  World world;
  world_new(&world);
  AppStreamSettings settings = settings_for(&world);
  settings.start = 100 * FIXTURE_MS;
  AppStream *stream = run(&world, &settings);
  const AppStreamCounters *counters = app_stream_counters(stream);
  g_assert_cmpuint(counters->sent, ==, 900);
  g_assert_cmpuint(counters->received, ==, 900);
  g_assert_cmpuint(counters->bytes, ==, 900 * 972);
  g_assert_cmpuint(world.bytes, ==, 900 * 1000);
  for (unsigned i = 0; i < 900; i++)
    g_assert_cmpint(time_at(&world, i), ==, (100 + i) * FIXTURE_MS);
  g_assert_cmpstr(app_stream_name(stream), ==, "stream");
  world_free(&world, stream);
}

/* Periods of 100 ms with 300 ms between them; the datagram that would leave after a period ends
 * goes with it. */
static void
others_pause(void)
{
  World world;
  world_new(&world);
  AppStreamSettings settings = settings_for(&world);
  settings.steady = false;
  settings.on = app_dist_constant(0.1);
  settings.off = app_dist_constant(0.3);
  AppStream *stream = run(&world, &settings);
  g_assert_cmpuint(app_stream_counters(stream)->sent, ==, 300);
  for (unsigned i = 0; i < 300; i++)
    g_assert_cmpint(time_at(&world, i), ==, (i / 100 * 400 + i % 100) * FIXTURE_MS);
  world_free(&world, stream);
}

/* With exponential periods the share of the time that is on is on / (on + off). */
static void
random_periods_have_their_means(void)
{
  World world;
  world_new(&world);
  AppStreamSettings settings = settings_for(&world);
  settings.steady = false;
  settings.until = 2000 * SIM_SECOND;
  settings.rate = 800000; /* 100 a second */
  settings.on = (AppDist){.kind = APP_EXPONENTIAL, .mean = 1};
  settings.off = (AppDist){.kind = APP_EXPONENTIAL, .mean = 3};
  AppStream *stream = run(&world, &settings);
  double share = (double)app_stream_counters(stream)->sent / 200000;
  g_assert_cmpfloat(fabs(share / 0.25 - 1), <, 0.1);
  world_free(&world, stream);
}

/* The size is that of the IP packet, whichever IP it is. */
static void
ipv6_has_longer_headers(void)
{
  World world;
  world_new(&world);
  node_set_family(world.f.b, 6);
  AppStreamSettings settings = settings_for(&world);
  AppStream *stream = run(&world, &settings);
  g_assert_cmpuint(world.bytes, ==, 1000 * 1000);
  g_assert_cmpuint(app_stream_counters(stream)->bytes, ==, 1000 * 952);
  world_free(&world, stream);
}

static void
what_cannot_be(void)
{
  World world;
  world_new(&world);
  AppStreamSettings settings = settings_for(&world);
  AppStream *stream = run(&world, &settings);
  GError *error = NULL;
  g_assert_null(app_stream_new(world.f.sim, &settings, &error));
  fixture_assert_error(&error, "port 9");
  settings.port = 10;
  settings.size = 27;
  g_assert_null(app_stream_new(world.f.sim, &settings, &error));
  fixture_assert_error(&error, "size = 27 B: the headers of a datagram have 28 bytes already");
  world_free(&world, stream);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/app-stream/steady-ones-keep-their-rate", steady_ones_keep_their_rate);
  g_test_add_func("/app-stream/others-pause", others_pause);
  g_test_add_func("/app-stream/random-periods-have-their-means", random_periods_have_their_means);
  g_test_add_func("/app-stream/ipv6-has-longer-headers", ipv6_has_longer_headers);
  g_test_add_func("/app-stream/what-cannot-be", what_cannot_be);
  return g_test_run();
}
