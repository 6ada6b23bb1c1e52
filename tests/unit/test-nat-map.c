/* Which port of a NAT a new mapping gets, where nearly all are taken and some are over: always the
 * one that trying each finds. */
#include "models/net/nat-map.h"

#include "models/net/port-set.h"
#include "sim/rng.h"
#include "tests/unit/net-fixture.h"

#define FIRST 1000
#define LAST 1400 /* no multiple of 64, and more than PORT_TRIES */

typedef struct World {
  Fixture f;
  NatMap map;
  SimRng rng;
  uint16_t inside; /* the port of the last flow, from which all are counted */
} World;

static void
start(World *world)
{
  *world = (World){.inside = 0};
  fixture_link(&world->f, 0, FIXTURE_MS);
  nat_map_init(&world->map, world->f.a);
  sim_rng_init(&world->rng, 20261129, "nat-map");
  world->map.first_port = FIRST;
  world->map.last_port = LAST;
  world->map.times = (FlowTimes){.opening = 3 * SIM_SECOND,
                                 .established = 300 * SIM_SECOND,
                                 .closing = 1 * SIM_SECOND,
                                 .udp = 2 * SIM_SECOND,
                                 .udp_stream = 200 * SIM_SECOND,
                                 .icmp = SIM_SECOND};
}

static void
end(World *world)
{
  nat_map_clear(&world->map);
  fixture_free(&world->f);
}

/* From inside; the other way for side 1. */
static void
ends_of(const World *world, uint16_t port, FlowEnd ends[2])
{
  ends[0] = (FlowEnd){node_address(world->f.b), port};
  ends[1] = (FlowEnd){node_address(world->f.a), 80};
}

static bool
is_free(const World *world, uint8_t protocol, uint16_t port)
{
  const NatMapping *mapping = nat_map_peek(&world->map, protocol, port);
  if (mapping == NULL)
    return true;
  for (const Flow *flow = mapping->flows; flow != NULL; flow = flow->sibling)
    if (!flow_track_is_over(&world->map.track, flow))
      return false;
  return !mapping->fixed;
}

/* By trying each; 0: none. */
static uint16_t
expected_port(const World *world, uint8_t protocol, uint16_t wanted)
{
  const NatMap *map = &world->map;
  bool in_range = wanted >= FIRST && wanted <= LAST;
  if (map->keep_port && in_range && is_free(world, protocol, wanted))
    return wanted;
  uint16_t port = map->next_port[protocol == NET_PROTO_TCP ? 0 : 1];
  for (int i = 0; i <= LAST - FIRST; i++, port++) {
    if (port < FIRST || port > LAST)
      port = FIRST;
    if (is_free(world, protocol, port))
      return port;
  }
  return 0;
}

/* A new flow from the next port inside. Returns its port outside; 0: none. */
static uint16_t
open_flow(World *world, uint8_t protocol)
{
  FlowEnd ends[2];
  ends_of(world, ++world->inside, ends);
  uint16_t expected = expected_port(world, protocol, world->inside);
  NatMapping *mapping = nat_map_for(&world->map, protocol, ends);
  g_assert_cmpuint(mapping != NULL ? mapping->port : 0, ==, expected);
  if (mapping == NULL)
    return 0;
  Flow *flow = nat_map_add_flow(&world->map, mapping, ends);
  Packet packet = {.protocol = protocol};
  packet.tcp.flags = protocol == NET_PROTO_TCP ? TCP_SYN : 0;
  flow_track_take(&world->map.track, flow, 0, &packet);
  return expected;
}

/* A packet of a flow that may be over. */
static void
pass(World *world, uint8_t protocol, uint16_t inside, int side, uint16_t flags)
{
  FlowEnd ends[2];
  int found;
  ends_of(world, inside, ends);
  Flow *flow = flow_track_find(&world->map.track, protocol, ends, &found);
  Packet packet = {.protocol = protocol};
  packet.tcp.flags = flags;
  if (flow != NULL)
    flow_track_take(&world->map.track, flow, side, &packet);
}

static void
wait(World *world, SimTime time)
{
  fixture_run(&world->f, sim_now(world->f.sim) + time);
}

/* Flows that last long and short ones, of which any packet may change which it is. */
static void
anything(World *world, uint8_t protocol)
{
  uint64_t what = sim_rng_below(&world->rng, 100);
  uint16_t some = (uint16_t)(world->inside - sim_rng_below(&world->rng, 450));
  uint16_t flags = protocol == NET_PROTO_TCP ? TCP_ACK : 0;
  if (what < 60) {
    world->map.keep_port = sim_rng_chance(&world->rng, 0.2);
    open_flow(world, protocol);
    if (sim_rng_chance(&world->rng, 0.8)) /* answered, so that it lasts */
      for (int side = 1; side >= 0; side--)
        pass(world, protocol, world->inside, side, flags);
  } else if (what < 75) {
    pass(world, protocol, some, (int)sim_rng_below(&world->rng, 2), flags);
  } else if (what < 90 && protocol == NET_PROTO_TCP) {
    pass(world, protocol, some, 0, TCP_RST);
  } else if (what < 98) {
    wait(world, (SimTime)sim_rng_below(&world->rng, SIM_SECOND));
  } else if (sim_rng_chance(&world->rng, 0.05)) {
    wait(world, 150 * SIM_SECOND);
  }
}

static void
test_same_port(gconstpointer data)
{
  uint8_t protocol = (uint8_t)GPOINTER_TO_UINT(data);
  World world;
  start(&world);
  FlowEnd fixed = {node_address(world.f.b), 1};
  g_assert_nonnull(nat_map_fix(&world.map, protocol, fixed, LAST, NULL));
  world.inside = 1;
  for (int i = 0; i < 60000; i++)
    anything(&world, protocol);
  g_assert_nonnull(world.map.ports[protocol == NET_PROTO_TCP ? 0 : 1]);
  end(&world);
}

/* Who finds a port soon keeps nothing; the last free one of a range is found, then none is. */
static void
test_last_port(void)
{
  World world;
  start(&world);
  world.map.keep_port = false;
  for (int port = FIRST; port <= LAST; port++) {
    g_assert_cmpuint(open_flow(&world, NET_PROTO_TCP), ==, port);
    for (int side = 1; side >= 0; side--)
      pass(&world, NET_PROTO_TCP, world.inside, side, TCP_ACK);
  }
  g_assert_null(world.map.ports[0]);
  g_assert_cmpuint(open_flow(&world, NET_PROTO_TCP), ==, 0);
  pass(&world, NET_PROTO_TCP, PORT_TRIES + 20, 0, TCP_RST); /* the 148th */
  wait(&world, SIM_SECOND);
  g_assert_cmpuint(open_flow(&world, NET_PROTO_TCP), ==, FIRST + PORT_TRIES + 19);
  g_assert_nonnull(world.map.ports[0]);
  end(&world);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/nat-map/same-port-as-trying-each/tcp", GUINT_TO_POINTER(NET_PROTO_TCP),
                       test_same_port);
  g_test_add_data_func("/nat-map/same-port-as-trying-each/udp", GUINT_TO_POINTER(NET_PROTO_UDP),
                       test_same_port);
  g_test_add_func("/nat-map/last-port", test_last_port);
  return g_test_run();
}
