/* net-fixture: a simulation, a network, and packets to send through it, for the tests of
 * models/net.
 *
 * Hosts a and b with one link; UDP packets carry their number in the source port, so that an
 * arrival says which one it is. A test says `sent at this time, of this IP size` and reads what
 * arrived and when. */
#pragma once

#include "models/net/link.h"
#include "models/net/route.h"

#define FIXTURE_US SIM_MICROSECOND
#define FIXTURE_MS SIM_MILLISECOND

typedef struct Arrival {
  uint16_t number; /* the packet's source port */
  SimTime time;
  uint64_t id;
  uint8_t marks, traffic_class;
} Arrival;

typedef struct Fixture {
  Sim *sim;
  Net *net;
  Node *a, *b;
  Link *link;         /* a-b; NULL in fixture_empty() */
  LinkDirection *way; /* a>b */
  GArray *arrivals;   /* of Arrival: UDP packets that reached any host of fixture_sink() */
} Fixture;

static inline void
fixture_on_arrival(void *self, Packet *packet, LinkDirection *arrived_on)
{
  Fixture *fixture = self;
  Arrival arrival = {
      .number = packet->udp.source_port,
      .time = sim_now(fixture->sim),
      .id = packet->id,
      .marks = packet->marks,
      .traffic_class = packet->traffic_class,
  };
  g_array_append_val(fixture->arrivals, arrival);
  packet_free(fixture->net, packet);
}

static inline void
fixture_sink(Fixture *fixture, Node *node)
{
  node_set_protocol(node, NET_PROTO_UDP, fixture_on_arrival, fixture);
  node_set_protocol(node, NET_PROTO_TCP, fixture_on_arrival, fixture);
}

static inline Fixture
fixture_empty(void)
{
  Sim *sim = sim_new(1);
  return (Fixture){
      .sim = sim,
      .net = net_new(sim),
      .arrivals = g_array_new(false, false, sizeof(Arrival)),
  };
}

/* The sinks keep a pointer to the fixture, so that it is filled in place. */
static inline void
fixture_link(Fixture *fixture, uint64_t rate, SimTime delay)
{
  *fixture = fixture_empty();
  LinkSettings settings = link_settings_default();
  settings.rate = rate;
  settings.delay = delay;
  fixture->a = node_new(fixture->net, "a", NODE_HOST, NULL);
  fixture->b = node_new(fixture->net, "b", NODE_HOST, NULL);
  fixture->link = link_new(fixture->a, fixture->b, &settings, NULL);
  fixture->way = &fixture->link->forward;
  fixture_sink(fixture, fixture->a);
  fixture_sink(fixture, fixture->b);
}

/* net_free() insists that no packet is left anywhere. */
static inline void
fixture_free(Fixture *fixture)
{
  g_array_unref(fixture->arrivals);
  net_free(fixture->net);
  sim_free(fixture->sim);
}

static inline Packet *
fixture_udp(Net *net, Node *from, Node *to, uint16_t number, uint32_t size)
{
  Packet *packet = packet_new(net, from);
  packet->source = node_address(from);
  packet->destination = node_address(to);
  packet->protocol = NET_PROTO_UDP;
  packet->udp.source_port = number;
  packet->udp.destination_port = 9;
  packet->payload = size - (packet->family == 6 ? 48 : 28);
  return packet;
}

static inline Packet *
fixture_tcp(Net *net, Node *from, Node *to, uint16_t flags, uint32_t payload)
{
  Packet *packet = packet_new(net, from);
  packet->source = node_address(from);
  packet->destination = node_address(to);
  packet->protocol = NET_PROTO_TCP;
  packet->tcp.flags = flags;
  packet->tcp.header_length = 20;
  packet->payload = payload;
  return packet;
}

/* Sends a UDP packet of `size` IP bytes from a to b now. */
static inline void
fixture_send(Fixture *fixture, uint16_t number, uint32_t size)
{
  link_send(fixture->way, fixture_udp(fixture->net, fixture->a, fixture->b, number, size));
}

static inline void
fixture_nothing(Sim *sim, SimEvent *event)
{
}

/* Lets the simulation go on to `time` and leaves the clock there. */
static inline void
fixture_run(Fixture *fixture, SimTime time)
{
  SimEvent event;
  sim_event_init(&event, fixture_nothing);
  sim_schedule(fixture->sim, &event, time, SIM_APPLICATION, &fixture->sim->scenario);
  sim_run(fixture->sim, time);
}

static inline void
fixture_run_all(Fixture *fixture)
{
  g_assert_cmpint(sim_run(fixture->sim, SIM_TIME_NEVER), ==, SIM_RUN_EMPTY);
}

static inline const Arrival *
fixture_arrival(const Fixture *fixture, unsigned index)
{
  g_assert_cmpuint(index, <, fixture->arrivals->len);
  return &g_array_index(fixture->arrivals, Arrival, index);
}

/* "1 2 4": the numbers in the order of arrival. g_free. */
static inline char *
fixture_order(const Fixture *fixture)
{
  GString *text = g_string_new(NULL);
  for (unsigned i = 0; i < fixture->arrivals->len; i++)
    g_string_append_printf(text, "%s%u", i > 0 ? " " : "", fixture_arrival(fixture, i)->number);
  return g_string_free(text, false);
}

static inline void
fixture_assert_order(const Fixture *fixture, const char *expected)
{
  char *order = fixture_order(fixture);
  g_assert_cmpstr(order, ==, expected);
  g_free(order);
}

/* Asserts that `error` says `part`, and clears it. */
static inline void
fixture_assert_error(GError **error, const char *part)
{
  g_assert_nonnull(*error);
  if (strstr((*error)->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
  g_clear_error(error);
}
