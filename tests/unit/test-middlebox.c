/* Middleboxes: what a NAT makes of packets, what a firewall lets pass, and how long both remember.
 *
 * a and b are inside, box stands between them and c and d. Hosts keep what reaches them: who it
 * came from, as the network saw it, and why the box dropped the rest. */
#include "models/net/middlebox.h"

#include <string.h>

#include "models/icmp/icmp.h"
#include "models/net/flow-track.h"
#include "models/net/middlebox-firewall.h"
#include "models/net/middlebox-nat.h"
#include "tests/unit/net-fixture.h"

#define OPEN 443 /* c's port */

typedef struct Got {
  Node *at;
  NetAddressId source;
  uint16_t source_port, destination_port;
  uint32_t payload;
} Got;

typedef struct World {
  Fixture f;
  Node *a, *b, *box_node, *c, *d;
  Middlebox *box;
  IcmpHost *icmp; /* of the box */
  GArray *got;    /* of Got */
  GString *drops; /* the reasons, ';' between them */
  IcmpKind error; /* the last that an inner host was told of a packet of its; ICMP_OTHER: none */
  uint16_t error_port;
  NetAddressId error_source, error_about;
} World;

typedef struct Sink {
  World *world;
  Node *node;
} Sink;

static void
on_packet(void *self, Packet *packet, LinkDirection *arrived_on)
{
  const Sink *sink = self;
  Got got = {
      .at = sink->node,
      .source = packet->source,
      .source_port = packet->tcp.source_port,
      .destination_port = packet->tcp.destination_port,
      .payload = packet->payload,
  };
  g_array_append_val(sink->world->got, got);
  packet_free(sink->node->net, packet);
}

static void
on_icmp(void *self, Packet *packet, LinkDirection *arrived_on)
{
  const Sink *sink = self;
  World *world = sink->world;
  world->error = icmp_kind_of(&packet->icmp, packet->family);
  world->error_source = packet->source;
  if (packet->ext != NULL && packet->ext->quoted != NULL) {
    const Packet *quoted = packet->ext->quoted;
    world->error_port = quoted->source == node_address(sink->node) ? quoted->tcp.source_port
                                                                   : quoted->tcp.destination_port;
    world->error_about =
        quoted->source == node_address(sink->node) ? quoted->destination : quoted->source;
  } else {
    world->error_port = packet->icmp.id;
  }
  packet_free(sink->node->net, packet);
}

static void
on_drop(Sim *sim, const void *data, void *self)
{
  World *world = self;
  const NetPacketRecord *record = data;
  g_string_append_printf(world->drops, "%s%s", world->drops->len > 0 ? ";" : "", record->reason);
}

static void
make_sink(World *world, Node *node)
{
  Sink *sink = g_new(Sink, 1);
  *sink = (Sink){world, node};
  node_set_protocol(node, NET_PROTO_TCP, on_packet, sink);
  node_set_protocol(node, NET_PROTO_UDP, on_packet, sink);
  node_set_protocol(node, NET_PROTO_ICMP, on_icmp, sink);
}

static Node *
make_node(World *world, const char *name, NodeKind kind, uint32_t mtu)
{
  Node *node = node_new(world->f.net, name, kind, NULL);
  if (world->box_node == NULL)
    return node;
  LinkSettings settings = link_settings_default();
  settings.delay = FIXTURE_MS;
  settings.mtu = mtu;
  link_new(world->box_node, node, &settings, NULL);
  make_sink(world, node);
  return node;
}

static void
start(World *world, const MiddleboxOps *ops)
{
  *world = (World){.f = fixture_empty(),
                   .got = g_array_new(false, false, sizeof(Got)),
                   .drops = g_string_new(NULL)};
  world->box_node = make_node(world, "box", NODE_ROUTER, 0);
  world->a = make_node(world, "a", NODE_HOST, 1500);
  world->b = make_node(world, "b", NODE_HOST, 1000);
  world->c = make_node(world, "c", NODE_HOST, 1500);
  world->d = make_node(world, "d", NODE_HOST, 1500);
  world->box = middlebox_new(world->box_node, ops);
  world->icmp = icmp_host_new(world->box_node);
  middlebox_name_side(world->box, world->a, true);
  middlebox_name_side(world->box, world->b, true);
  GError *error = NULL;
  middlebox_check_sides(world->box, &error);
  g_assert_no_error(error);
  sim_trace_listen(world->f.sim, NET_TRACE_DROP, on_drop, world);
}

static void
end(World *world)
{
  sim_trace_ignore(world->f.sim, NET_TRACE_DROP, on_drop, world);
  icmp_host_free(world->icmp);
  Node *hosts[] = {world->a, world->b, world->c, world->d};
  for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
    g_free(hosts[i]->protocols[0].self);
  g_array_unref(world->got);
  g_string_free(world->drops, true);
  fixture_free(&world->f);
}

static void
set(World *world, const char *name, SimParamValue value)
{
  GError *error = NULL;
  sim_param_set(sim_param_find(world->box->ops->params, name), world->box->state, &value, &error);
  g_assert_no_error(error);
  if (world->box->ops->check != NULL)
    g_assert_true(world->box->ops->check(world->box->state, &error));
}

static void
set_number(World *world, const char *name, double number)
{
  set(world, name, (SimParamValue){.type = SIM_VALUE_NUMBER, .number = number});
}

static void
set_word(World *world, const char *name, const char *word)
{
  set(world, name, (SimParamValue){.type = SIM_VALUE_TEXT, .text = word});
}

static uint64_t
counter(World *world, const char *name)
{
  uint64_t value = 0;
  g_assert_true(middlebox_counter(world->box, name, &value));
  return value;
}

typedef struct Send {
  Node *from;
  NetAddressId to;
  uint16_t source_port, destination_port;
  uint16_t flags; /* 0: UDP */
  uint8_t ttl;    /* 0: 64 */
  uint32_t payload;
  bool dont_fragment;
} Send;

/* Sends it and lets a second pass. */
static void
send_packet(World *world, const Send *send)
{
  Packet *packet = packet_new(world->f.net, send->from);
  packet->source = node_address(send->from);
  packet->destination = send->to;
  packet->protocol = send->flags != 0 ? NET_PROTO_TCP : NET_PROTO_UDP;
  packet->tcp.source_port = send->source_port;
  packet->tcp.destination_port = send->destination_port;
  packet->payload = send->payload;
  if (send->ttl > 0)
    packet->ttl = send->ttl;
  if (send->dont_fragment)
    packet->marks |= PACKET_DONT_FRAGMENT;
  if (send->flags != 0) {
    packet->tcp.flags = send->flags;
    packet->tcp.header_length = 20;
  }
  node_send(send->from, packet);
  fixture_run(&world->f, sim_now(world->f.sim) + SIM_SECOND);
}

static void
udp(World *world, Node *from, uint16_t source_port, Node *to, uint16_t port)
{
  send_packet(world, &(Send){from, node_address(to), source_port, port});
}

static void
tcp(World *world, Node *from, uint16_t source_port, Node *to, uint16_t port, uint16_t flags)
{
  send_packet(world, &(Send){from, node_address(to), source_port, port, .flags = flags});
}

static void
wait(World *world, double seconds)
{
  fixture_run(&world->f, sim_now(world->f.sim) + sim_time_from_seconds(seconds));
}

/* The last that arrived anywhere. */
static void
assert_got(const World *world, unsigned count, const Node *at, const Node *source, uint16_t port)
{
  g_assert_cmpuint(world->got->len, ==, count);
  const Got *got = &g_array_index(world->got, Got, count - 1);
  g_assert_cmpstr(got->at->name, ==, at->name);
  g_assert_cmpuint(got->source, ==, node_address(source));
  g_assert_cmpuint(got->source_port, ==, port);
}

static uint16_t
last_port(const World *world)
{
  return g_array_index(world->got, Got, world->got->len - 1).source_port;
}

/* -- NAT -- */

static void
nat_hides_who_is_inside(void)
{
  World w;
  start(&w, &middlebox_nat);
  udp(&w, w.a, 5000, w.c, OPEN);
  assert_got(&w, 1, w.c, w.box_node, 5000); /* the port is kept while it is free */
  udp(&w, w.b, 5000, w.c, OPEN);
  g_assert_cmpuint(last_port(&w), !=, 5000);
  assert_got(&w, 2, w.c, w.box_node, last_port(&w));
  uint16_t port = last_port(&w);
  udp(&w, w.c, OPEN, w.box_node, port);
  assert_got(&w, 3, w.b, w.c, OPEN);
  g_assert_cmpuint(g_array_index(w.got, Got, 2).destination_port, ==, 5000);
  udp(&w, w.a, 5000, w.d, 7); /* RFC 4787 REQ-1: the same mapping wherever it goes */
  assert_got(&w, 4, w.d, w.box_node, 5000);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 2);
  g_assert_cmpstr(w.drops->str, ==, "");
  end(&w);
}

static void
nat_filters(const char *filtering, const char *drops, unsigned arrive)
{
  World w;
  start(&w, &middlebox_nat);
  set_word(&w, "filtering", filtering);
  udp(&w, w.a, 5000, w.c, OPEN);
  udp(&w, w.c, OPEN, w.box_node, 5000); /* who was asked */
  udp(&w, w.c, 99, w.box_node, 5000);   /* another port of it */
  udp(&w, w.d, OPEN, w.box_node, 5000); /* somebody else */
  udp(&w, w.d, OPEN, w.box_node, 5001); /* nobody is there */
  g_assert_cmpstr(w.drops->str, ==, drops);
  g_assert_cmpuint(w.got->len, ==, 1 + arrive);
  end(&w);
}

static void
nat_lets_in_by_its_filter(void)
{
  nat_filters("endpoint independent", "NAT: no mapping", 3);
  nat_filters("address dependent", "NAT: filtered;NAT: no mapping", 2);
  nat_filters("address and port dependent", "NAT: filtered;NAT: filtered;NAT: no mapping", 1);
}

static void
nat_may_map_by_destination(void)
{
  World w;
  start(&w, &middlebox_nat);
  set_word(&w, "mapping", "address and port dependent");
  udp(&w, w.a, 5000, w.c, OPEN);
  udp(&w, w.a, 5000, w.c, OPEN + 1);
  udp(&w, w.a, 5000, w.c, OPEN);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 2);
  g_assert_cmpuint(g_array_index(w.got, Got, 0).source_port, ==, 5000);
  g_assert_cmpuint(g_array_index(w.got, Got, 1).source_port, !=, 5000);
  g_assert_cmpuint(g_array_index(w.got, Got, 2).source_port, ==, 5000);
  end(&w);
}

static void
nat_runs_out_of_ports(void)
{
  World w;
  start(&w, &middlebox_nat);
  set_number(&w, "first_port", 40000);
  set_number(&w, "last_port", 40001);
  set_number(&w, "udp_timeout", 30);
  for (uint16_t port = 1; port <= 4; port++)
    udp(&w, w.a, port, w.c, OPEN);
  g_assert_cmpstr(w.drops->str, ==, "NAT: no port left;NAT: no port left");
  wait(&w, 30); /* both are forgotten */
  for (uint16_t port = 3; port <= 5; port++)
    udp(&w, w.a, port, w.c, OPEN);
  g_assert_cmpuint(w.got->len, ==, 4);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 2);
  g_assert_cmpuint(counter(&w, "most_mappings"), ==, 2);
  g_assert_cmpuint(counter(&w, "mappings_made"), ==, 4);
  end(&w);
}

static void
nat_forgets_udp(void)
{
  World w;
  start(&w, &middlebox_nat);
  udp(&w, w.a, 5000, w.c, OPEN);
  wait(&w, 298);
  udp(&w, w.c, OPEN, w.box_node, 5000); /* 299 s: refreshed */
  wait(&w, 298);
  udp(&w, w.c, OPEN, w.box_node, 5000);
  g_assert_cmpuint(w.got->len, ==, 3);
  wait(&w, 300);
  udp(&w, w.c, OPEN, w.box_node, 5000);
  g_assert_cmpuint(w.got->len, ==, 3);
  g_assert_cmpstr(w.drops->str, ==, "NAT: no mapping");
  end(&w);
}

/* RFC 5382: an opening and a closed connection are forgotten sooner than an open one. */
static void
nat_follows_tcp(void)
{
  World w;
  start(&w, &middlebox_nat);
  tcp(&w, w.a, 5000, w.c, OPEN, TCP_SYN);
  wait(&w, 240);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 0);
  tcp(&w, w.a, 5000, w.c, OPEN, TCP_SYN);
  tcp(&w, w.c, OPEN, w.box_node, 5000, TCP_SYN | TCP_ACK);
  tcp(&w, w.a, 5000, w.c, OPEN, TCP_ACK);
  wait(&w, 7430);
  tcp(&w, w.c, OPEN, w.box_node, 5000, TCP_ACK | TCP_FIN);
  wait(&w, 300);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 1); /* half closed */
  tcp(&w, w.a, 5000, w.c, OPEN, TCP_ACK | TCP_FIN);
  wait(&w, 230);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 1);
  wait(&w, 10);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 0);
  tcp(&w, w.a, 5000, w.c, OPEN, TCP_RST); /* opens nothing */
  g_assert_cmpstr(w.drops->str, ==, "NAT: no mapping");
  end(&w);
}

static void
nat_forwards_ports(void)
{
  World w;
  start(&w, &middlebox_nat);
  MiddleboxForward forward = {NET_PROTO_TCP, 80, 8080, node_address(w.a)};
  GError *error = NULL;
  g_assert_true(middlebox_nat_forward(w.box, &forward, &error));
  g_assert_false(middlebox_nat_forward(w.box, &forward, &error));
  fixture_assert_error(&error, "port 80 of \"box\" is in use already");
  forward.port = 81;
  g_assert_false(middlebox_nat_forward(w.box, &forward, &error));
  fixture_assert_error(&error, "has port 80 of \"box\" already");
  tcp(&w, w.d, 6000, w.box_node, 80, TCP_SYN);
  assert_got(&w, 1, w.a, w.d, 6000);
  g_assert_cmpuint(g_array_index(w.got, Got, 0).destination_port, ==, 8080);
  tcp(&w, w.a, 8080, w.d, 6000, TCP_SYN | TCP_ACK);
  assert_got(&w, 2, w.d, w.box_node, 80);
  udp(&w, w.d, 6000, w.box_node, 80); /* TCP was meant */
  g_assert_cmpstr(w.drops->str, ==, "NAT: no mapping");
  wait(&w, 100000);
  tcp(&w, w.c, 6000, w.box_node, 80, TCP_SYN); /* it stays */
  assert_got(&w, 3, w.a, w.c, 6000);
  end(&w);
}

/* Thousands of flows through one port: each is found, and each is forgotten. */
static void
nat_carries_many_flows_a_port(void)
{
  World w;
  start(&w, &middlebox_nat);
  MiddleboxForward forward = {NET_PROTO_UDP, 80, 8080, node_address(w.a)};
  middlebox_nat_forward(w.box, &forward, NULL);
  for (int round = 0; round < 2; round++) {
    for (uint16_t port = 1; port <= 3000; port++)
      node_send(w.c, fixture_udp(w.f.net, w.c, w.box_node, port, 100));
    wait(&w, 1); /* to port 9, where nobody is */
    g_assert_cmpuint(w.got->len, ==, 0);
  }
  for (int round = 0; round < 3; round++)
    for (uint16_t port = 1; port <= 3000; port++) {
      Packet *packet = fixture_udp(w.f.net, w.c, w.box_node, port, 100);
      packet->udp.destination_port = 80;
      link_send(g_ptr_array_index(w.c->directions, 0), packet);
      fixture_run(&w.f, sim_now(w.f.sim) + 10 * FIXTURE_MS);
    }
  g_assert_cmpuint(w.got->len, ==, 9000);
  wait(&w, 300);
  g_assert_cmpuint(counter(&w, "mappings"), ==, 1); /* the fixed one */
  udp(&w, w.c, 5, w.box_node, 80);
  g_assert_cmpuint(w.got->len, ==, 9001);
  end(&w);
}

/* RFC 4787 REQ-9. */
static void
nat_hairpins(void)
{
  World w;
  start(&w, &middlebox_nat);
  MiddleboxForward forward = {NET_PROTO_TCP, 80, 8080, node_address(w.a)};
  middlebox_nat_forward(w.box, &forward, NULL);
  tcp(&w, w.b, 6000, w.box_node, 80, TCP_SYN);
  assert_got(&w, 1, w.a, w.box_node, 6000);
  tcp(&w, w.a, 8080, w.box_node, 6000, TCP_SYN | TCP_ACK);
  assert_got(&w, 2, w.b, w.box_node, 80);
  g_assert_cmpstr(w.drops->str, ==, "");
  end(&w);
}

/* An error about what left comes back to who sent it, as about what that one sent. */
static void
nat_translates_errors_inward(void)
{
  World w;
  start(&w, &middlebox_nat);
  udp(&w, w.a, 5000, w.c, OPEN);
  udp(&w, w.b, 5000, w.c, OPEN);
  uint16_t port = last_port(&w);
  Packet *about = fixture_udp(w.f.net, w.box_node, w.c, port, 100);
  about->udp.destination_port = OPEN;
  IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about};
  node_send(w.c, icmp_error_new(w.f.net, w.c, &args));
  packet_free(w.f.net, about);
  wait(&w, 1);
  g_assert_cmpint(w.error, ==, ICMP_PORT_UNREACHABLE);
  g_assert_cmpuint(w.error_port, ==, 5000);
  g_assert_cmpuint(w.error_about, ==, node_address(w.c));
  g_assert_cmpuint(w.error_source, ==, node_address(w.c));
  end(&w);
}

/* One that the box makes about what came from outside names nobody inside. */
static void
nat_translates_its_own_errors(void)
{
  World w;
  start(&w, &middlebox_nat);
  udp(&w, w.b, 5000, w.c, OPEN);
  Send large = {w.c, node_address(w.box_node), OPEN, 5000, .payload = 1200, .dont_fragment = true};
  send_packet(&w, &large); /* b's link carries 1000 bytes */
  g_assert_cmpint(w.error, ==, ICMP_TOO_BIG);
  g_assert_cmpuint(w.error_about, ==, node_address(w.box_node));
  g_assert_cmpuint(w.error_port, ==, OPEN);
  w.error = ICMP_OTHER;
  Send late = {w.c, node_address(w.box_node), OPEN, 5000, .ttl = 1};
  send_packet(&w, &late);
  g_assert_cmpint(w.error, ==, ICMP_TTL_EXCEEDED);
  g_assert_cmpuint(w.error_about, ==, node_address(w.box_node));
  g_assert_cmpuint(w.error_source, ==, node_address(w.box_node));
  end(&w);
}

static void
send_echo(World *world, Node *from, Node *to, IcmpKind kind, uint16_t id)
{
  Packet *packet = packet_new(world->f.net, from);
  packet->protocol = NET_PROTO_ICMP;
  packet->source = node_address(from);
  packet->destination = node_address(to);
  icmp_kind_write(kind, 4, &packet->icmp);
  packet->icmp.id = id;
  node_send(from, packet);
  wait(world, 1);
}

static void
nat_translates_echoes(void)
{
  World w;
  start(&w, &middlebox_nat);
  send_echo(&w, w.a, w.c, ICMP_ECHO_REQUEST, 7000);
  g_assert_cmpuint(w.error_port, ==, 7000);
  g_assert_cmpuint(w.error_source, ==, node_address(w.box_node));
  send_echo(&w, w.b, w.c, ICMP_ECHO_REQUEST, 7000);
  uint16_t id = w.error_port;
  g_assert_cmpuint(id, !=, 7000);
  send_echo(&w, w.c, w.box_node, ICMP_ECHO_REPLY, id);
  g_assert_cmpint(w.error, ==, ICMP_ECHO_REPLY);
  g_assert_cmpuint(w.error_port, ==, 7000);
  g_assert_cmpuint(w.error_source, ==, node_address(w.c));
  send_echo(&w, w.c, w.box_node, ICMP_ECHO_REQUEST, 3); /* the box itself answers */
  g_assert_cmpint(w.error, ==, ICMP_ECHO_REPLY);
  g_assert_cmpuint(w.error_source, ==, node_address(w.box_node));
  end(&w);
}

static void
nat_puts_fragments_together(void)
{
  World w;
  start(&w, &middlebox_nat);
  Send large = {w.a, node_address(w.c), 5000, OPEN, .payload = 4000};
  send_packet(&w, &large);
  assert_got(&w, 1, w.c, w.box_node, 5000);
  g_assert_cmpuint(g_array_index(w.got, Got, 0).payload, ==, 4000);
  g_assert_cmpstr(w.drops->str, ==, "");
  end(&w);
}

static void
nat_shows_nobody_inside(void)
{
  World w;
  start(&w, &middlebox_nat);
  udp(&w, w.c, 1, w.a, 2); /* by an address that has no place outside */
  g_assert_cmpuint(w.got->len, ==, 0);
  g_assert_cmpstr(w.drops->str, ==, "NAT: no mapping");
  udp(&w, w.a, 1, w.b, 2); /* inside nothing is translated */
  assert_got(&w, 1, w.b, w.a, 1);
  end(&w);
}

/* -- firewall -- */

static void
firewall_lets_answers_in(void)
{
  World w;
  start(&w, &middlebox_firewall);
  udp(&w, w.c, OPEN, w.a, 5000);
  g_assert_cmpstr(w.drops->str, ==, "firewall: inbound");
  udp(&w, w.a, 5000, w.c, OPEN);
  udp(&w, w.c, OPEN, w.a, 5000);
  assert_got(&w, 2, w.a, w.c, OPEN);
  udp(&w, w.c, OPEN + 1, w.a, 5000); /* another flow */
  g_assert_cmpuint(w.got->len, ==, 2);
  wait(&w, 119);
  g_assert_cmpuint(counter(&w, "flows"), ==, 0); /* 120 s since both have sent */
  udp(&w, w.c, OPEN, w.a, 5000);
  g_assert_cmpuint(w.got->len, ==, 2);
  g_assert_cmpuint(counter(&w, "accepted"), ==, 2);
  end(&w);
}

static void
add_rule(World *world, FirewallRule rule)
{
  middlebox_firewall_add(world->box, &rule);
}

static void
firewall_asks_its_rules_in_order(void)
{
  World w;
  start(&w, &middlebox_firewall);
  NetAddress a = *net_address(w.f.net, node_address(w.a));
  NetAddress net;
  net_address_parse("10.0.0.0", &net, NULL);
  add_rule(&w, (FirewallRule){FIREWALL_DROP, FIREWALL_IN, .destination = {20, 29}});
  add_rule(&w, (FirewallRule){FIREWALL_ACCEPT, FIREWALL_IN, NET_PROTO_UDP, .from = {net, 8},
                              .to = {a, 32}, .destination = {25, 30}});
  udp(&w, w.c, 1, w.a, 25); /* the first that matches counts */
  udp(&w, w.c, 1, w.a, 30);
  udp(&w, w.c, 2, w.b, 30);          /* another address */
  tcp(&w, w.c, 3, w.a, 30, TCP_SYN); /* another protocol */
  g_assert_cmpstr(w.drops->str, ==, "firewall: rule 1;firewall: inbound;firewall: inbound");
  assert_got(&w, 1, w.a, w.c, 1);
  g_assert_cmpuint(middlebox_firewall_hits(w.box, 0), ==, 1);
  g_assert_cmpuint(middlebox_firewall_hits(w.box, 1), ==, 1);
  end(&w);
}

static void
firewall_says_no_in_three_ways(void)
{
  static const struct {
    const char *word;
    IcmpKind kind;
    unsigned resets;
  } ways[] = {{"drop", ICMP_OTHER, 0}, {"reject", ICMP_PROHIBITED, 0}, {"reset", ICMP_OTHER, 1}};
  for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
    World w;
    start(&w, &middlebox_firewall);
    set_word(&w, "inbound", ways[i].word);
    tcp(&w, w.c, 1, w.a, OPEN, TCP_SYN);
    g_assert_cmpint(w.error, ==, ways[i].kind);
    g_assert_cmpuint(w.got->len, ==, ways[i].resets);
    if (ways[i].resets > 0)
      assert_got(&w, 1, w.c, w.a, OPEN); /* in the name of who was meant */
    g_assert_cmpuint(counter(&w, "dropped"), ==, 1);
    tcp(&w, w.c, 1, w.a, OPEN, TCP_RST); /* a reset draws none (RFC 9293 3.10.7.1) */
    g_assert_cmpuint(w.got->len, ==, ways[i].resets);
    end(&w);
  }
}

static void
firewall_knows_the_middle_of_a_stream(void)
{
  World w;
  start(&w, &middlebox_firewall);
  tcp(&w, w.a, 1, w.c, OPEN, TCP_ACK); /* taken up, as Linux does */
  tcp(&w, w.c, OPEN, w.a, 1, TCP_ACK);
  g_assert_cmpuint(w.got->len, ==, 2);
  set(&w, "midstream", (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = false});
  tcp(&w, w.a, 2, w.c, OPEN, TCP_ACK);
  g_assert_cmpstr(w.drops->str, ==, "firewall: no state");
  tcp(&w, w.a, 2, w.c, OPEN, TCP_SYN);
  g_assert_cmpuint(w.got->len, ==, 3);
  end(&w);
}

static void
firewall_passes_errors_about_what_it_knows(void)
{
  World w;
  start(&w, &middlebox_firewall);
  Packet *about = fixture_udp(w.f.net, w.a, w.c, 5000, 100);
  about->udp.destination_port = OPEN;
  IcmpErrorArgs args = {.kind = ICMP_PORT_UNREACHABLE, .about = about};
  node_send(w.c, icmp_error_new(w.f.net, w.c, &args)); /* about nothing that was sent */
  wait(&w, 1);
  g_assert_cmpint(w.error, ==, ICMP_OTHER);
  g_assert_cmpstr(w.drops->str, ==, "firewall: inbound");
  udp(&w, w.a, 5000, w.c, OPEN);
  node_send(w.c, icmp_error_new(w.f.net, w.c, &args));
  packet_free(w.f.net, about);
  wait(&w, 1);
  g_assert_cmpint(w.error, ==, ICMP_PORT_UNREACHABLE);
  end(&w);
}

static void
firewall_remembers_only_so_many(void)
{
  World w;
  start(&w, &middlebox_firewall);
  set_number(&w, "most_flows", 100);
  for (uint16_t port = 1; port <= 200; port++) {
    Send send = {w.a, node_address(w.c), port, OPEN};
    Packet *packet = fixture_udp(w.f.net, w.a, w.c, send.source_port, 100);
    node_send(w.a, packet);
  }
  wait(&w, 1);
  g_assert_cmpuint(w.got->len, ==, 100);
  g_assert_cmpuint(counter(&w, "flows"), ==, 100);
  wait(&w, 29.1);
  g_assert_cmpuint(counter(&w, "flows"), ==, 0);
  udp(&w, w.a, 777, w.c, OPEN);
  g_assert_cmpuint(w.got->len, ==, 101);
  end(&w);
}

static void
firewall_without_state_judges_each(void)
{
  World w;
  start(&w, &middlebox_firewall);
  set(&w, "stateful", (SimParamValue){.type = SIM_VALUE_BOOL, .boolean = false});
  udp(&w, w.a, 5000, w.c, OPEN);
  udp(&w, w.c, OPEN, w.a, 5000);
  g_assert_cmpuint(w.got->len, ==, 1);
  end(&w);
}

static void
firewall_judges_fragments(void)
{
  World w;
  start(&w, &middlebox_firewall);
  add_rule(&w, (FirewallRule){FIREWALL_ACCEPT, FIREWALL_IN, .destination = {53, 53}});
  Send send = {w.c, node_address(w.a), 1, 53, .payload = 4000};
  send_packet(&w, &send);
  g_assert_cmpuint(w.got->len, ==, 1);
  send.destination_port = 54;
  send_packet(&w, &send);
  g_assert_cmpuint(w.got->len, ==, 1);
  g_assert_cmpstr(w.drops->str, ==, "firewall: inbound;firewall: inbound;firewall: inbound");
  end(&w);
}

/* -- a callback -- */

static const char *
callback(Packet *packet, const Node *from, void *data)
{
  ++*(unsigned *)data;
  if (strcmp(from->name, "c") == 0)
    return "not from c";
  packet->ttl = 9;
  return NULL;
}

static void
a_function_looks_changes_and_drops(void)
{
  World w;
  unsigned asked = 0;
  start(&w, &middlebox_function);
  middlebox_function_set(w.box->state, callback, &asked, NULL);
  udp(&w, w.a, 1, w.c, OPEN);
  udp(&w, w.c, 1, w.a, OPEN);
  g_assert_cmpuint(asked, ==, 2);
  g_assert_cmpuint(w.got->len, ==, 1);
  g_assert_cmpstr(w.drops->str, ==, "not from c");
  g_assert_cmpuint(counter(&w, "looked_at"), ==, 2);
  g_assert_cmpuint(counter(&w, "dropped"), ==, 1);
  uint64_t none;
  g_assert_false(middlebox_counter(w.box, "mappings", &none));
  end(&w);
}

static void
sides_are_checked(void)
{
  World w;
  GError *error = NULL;
  start(&w, &middlebox_nat);
  middlebox_name_side(w.box, w.c, true);
  middlebox_name_side(w.box, w.d, true);
  g_assert_false(middlebox_check_sides(w.box, &error));
  fixture_assert_error(&error, "all of its neighbours (a, b, c, d) are inside");
  Node *far = node_new(w.f.net, "far", NODE_HOST, NULL);
  middlebox_name_side(w.box, far, true);
  g_assert_false(middlebox_check_sides(w.box, &error));
  fixture_assert_error(&error, "no link joins it with \"far\"");
  end(&w);
}

/* -- the table of flows, against a list -- */

#define ENDS 12
#define STEPS 20000

typedef struct Model {
  SimTime expires[2][ENDS][ENDS]; /* by protocol and ends, the lesser first; 0: not there */
} Model;

static void
flows_are_found_as_long_as_they_last(void)
{
  Sim *sim = sim_new(1);
  SimRng rng;
  sim_rng_init(&rng, 20261128, "flows");
  FlowTimes times = {.opening = 40, .established = 40, .closing = 40, .udp = 30, .udp_stream = 30};
  FlowTrack track;
  flow_track_init(&track, sim, &times);
  track.most = 50;
  Model *model = g_new0(Model, 1);
  Fixture f = {.sim = sim};
  for (int step = 0; step < STEPS; step++) {
    fixture_run(&f, sim_now(sim) + (SimTime)(sim_rng_uniform(&rng) * 3));
    unsigned x = (unsigned)(sim_rng_uniform(&rng) * ENDS),
             y = (unsigned)(sim_rng_uniform(&rng) * ENDS);
    bool is_tcp = sim_rng_uniform(&rng) < 0.5;
    uint8_t protocol = is_tcp ? NET_PROTO_TCP : NET_PROTO_UDP;
    FlowEnd ends[2] = {{1 + x, (uint16_t)x}, {1 + y, (uint16_t)y}};
    SimTime *known = &model->expires[is_tcp][MIN(x, y)][MAX(x, y)];
    int side = 0;
    Flow *flow = flow_track_find(&track, protocol, ends, &side);
    g_assert_cmpint(flow != NULL, ==, *known > sim_now(sim));
    if (flow == NULL)
      flow = flow_track_add(&track, protocol, ends);
    g_assert_cmpuint(track.count, <=, 50);
    if (flow == NULL)
      continue; /* full */
    Packet packet = {.protocol = protocol, .tcp.flags = TCP_ACK};
    flow_track_take(&track, flow, side, &packet);
    *known = sim_now(sim) + (is_tcp ? 40 : 30);
  }
  flow_track_sweep(&track);
  unsigned left = 0;
  for (int i = 0; i < 2 * ENDS * ENDS; i++)
    left += (&model->expires[0][0][0])[i] > sim_now(sim);
  g_assert_cmpuint(track.count, ==, left);
  g_free(model);
  flow_track_clear(&track);
  sim_free(sim);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/middlebox/nat/hides-who-is-inside", nat_hides_who_is_inside);
  g_test_add_func("/middlebox/nat/lets-in-by-its-filter", nat_lets_in_by_its_filter);
  g_test_add_func("/middlebox/nat/may-map-by-destination", nat_may_map_by_destination);
  g_test_add_func("/middlebox/nat/runs-out-of-ports", nat_runs_out_of_ports);
  g_test_add_func("/middlebox/nat/forgets-udp", nat_forgets_udp);
  g_test_add_func("/middlebox/nat/follows-tcp", nat_follows_tcp);
  g_test_add_func("/middlebox/nat/forwards-ports", nat_forwards_ports);
  g_test_add_func("/middlebox/nat/carries-many-flows-a-port", nat_carries_many_flows_a_port);
  g_test_add_func("/middlebox/nat/hairpins", nat_hairpins);
  g_test_add_func("/middlebox/nat/translates-errors-inward", nat_translates_errors_inward);
  g_test_add_func("/middlebox/nat/translates-its-own-errors", nat_translates_its_own_errors);
  g_test_add_func("/middlebox/nat/translates-echoes", nat_translates_echoes);
  g_test_add_func("/middlebox/nat/puts-fragments-together", nat_puts_fragments_together);
  g_test_add_func("/middlebox/nat/shows-nobody-inside", nat_shows_nobody_inside);
  g_test_add_func("/middlebox/firewall/lets-answers-in", firewall_lets_answers_in);
  g_test_add_func("/middlebox/firewall/asks-its-rules-in-order", firewall_asks_its_rules_in_order);
  g_test_add_func("/middlebox/firewall/says-no-in-three-ways", firewall_says_no_in_three_ways);
  g_test_add_func("/middlebox/firewall/knows-the-middle-of-a-stream",
                  firewall_knows_the_middle_of_a_stream);
  g_test_add_func("/middlebox/firewall/passes-errors-about-what-it-knows",
                  firewall_passes_errors_about_what_it_knows);
  g_test_add_func("/middlebox/firewall/remembers-only-so-many", firewall_remembers_only_so_many);
  g_test_add_func("/middlebox/firewall/without-state-judges-each",
                  firewall_without_state_judges_each);
  g_test_add_func("/middlebox/firewall/judges-fragments", firewall_judges_fragments);
  g_test_add_func("/middlebox/function/looks-changes-and-drops",
                  a_function_looks_changes_and_drops);
  g_test_add_func("/middlebox/sides-are-checked", sides_are_checked);
  g_test_add_func("/flow-track/found-as-long-as-they-last", flows_are_found_as_long_as_they_last);
  return g_test_run();
}
