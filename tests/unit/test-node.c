/* Nodes: names and addresses, local delivery, forwarding, loopback, processing. */
#include "models/net/net-account.h"
#include "models/net/node.h"

#include <string.h>

#include "sim/stats.h"
#include "tests/unit/net-fixture.h"

/* Addresses. */

static void
assert_round_trip(const char *text, const char *printed)
{
  NetAddress address;
  GError *error = NULL;
  char buffer[NET_ADDRESS_TEXT];
  net_address_parse(text, &address, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(net_address_print(&address, buffer), ==, printed);
}

static void
addresses_are_read_and_written(void)
{
  assert_round_trip("10.0.0.1", "10.0.0.1");
  assert_round_trip("255.255.255.255", "255.255.255.255");
  /* RFC 5952, section 4 */
  assert_round_trip("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
  assert_round_trip("2001:0DB8::0001", "2001:db8::1");
  assert_round_trip("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
  assert_round_trip("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
  assert_round_trip("0:0:0:0:0:0:0:0", "::");
  static const char *const wrong[] = {"", "10.0.0", "10.0.0.256", "10.0.0.1 ", "fd00::1::2", "a"};
  for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
    NetAddress address;
    GError *error = NULL;
    g_assert_false(net_address_parse(wrong[i], &address, &error));
    fixture_assert_error(&error, "is not an address; accepted: IPv4");
  }
}

static void
address_ids_are_stable(void)
{
  Fixture f = fixture_empty();
  NetAddress four, six, again;
  net_address_parse("1.2.3.4", &four, NULL);
  net_address_parse("102:304::", &six, NULL); /* begins with the same four bytes */
  net_address_parse("1.2.3.4", &again, NULL);
  NetAddressId id = net_address_id(f.net, &four);
  g_assert_cmpuint(id, !=, NET_ADDRESS_NONE);
  g_assert_cmpuint(net_address_id(f.net, &six), !=, id);
  g_assert_cmpuint(net_address_id(f.net, &again), ==, id);
  g_assert_true(net_address_equal(net_address(f.net, id), &four));
  g_assert_null(net_address_node(f.net, id));
  fixture_free(&f);
}

static void
assert_address(const Node *node, const char *expected)
{
  char text[NET_ADDRESS_TEXT];
  g_assert_cmpstr(net_address_print(net_address(node->net, node_address(node)), text), ==,
                  expected);
}

static void
addresses_are_given_out_in_order(void)
{
  Fixture f = fixture_empty();
  NetAddress address;
  Node *first = node_new(f.net, "first", NODE_HOST, NULL);
  net_address_parse("10.0.0.2", &address, NULL);
  g_assert_true(node_set_address(first, &address, NULL));
  Node *second = node_new(f.net, "second", NODE_HOST, NULL);
  Node *third = node_new(f.net, "third", NODE_HOST, NULL);
  assert_address(first, "10.0.0.2");
  assert_address(second, "10.0.0.3"); /* 2 is taken */
  assert_address(third, "10.0.0.4");
  node_set_family(third, 6);
  assert_address(third, "fd00::1");
  node_set_family(third, 6); /* it has one */
  assert_address(third, "fd00::1");
  node_set_family(third, 4);
  assert_address(third, "10.0.0.5");
  g_assert_true(node_has_address(first, node_address(first)));
  g_assert_false(node_has_address(second, node_address(first)));
  net_address_parse("10.0.0.1", &address, NULL); /* was given up */
  g_assert_null(net_address_node(f.net, net_address_id(f.net, &address)));
  g_assert_true(node_set_address(third, &address, NULL));
  assert_address(third, "10.0.0.1");
  fixture_free(&f);
}

static void
unusable_addresses_are_refused(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"10.0.0.2", "10.0.0.2 is the address of \"b\" already"},
      {"0.0.0.0", "cannot be the address of a node"},
      {"127.0.0.1", "cannot be the address of a node"},
      {"224.0.0.1", "cannot be the address of a node"},
      {"255.255.255.255", "cannot be the address of a node"},
      {"::", "cannot be the address of a node"},
      {"::1", "cannot be the address of a node"},
      {"ff02::1", "cannot be the address of a node"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    NetAddress address;
    GError *error = NULL;
    net_address_parse(cases[i].text, &address, NULL);
    g_assert_false(node_set_address(f.a, &address, &error));
    fixture_assert_error(&error, cases[i].says);
  }
  assert_address(f.a, "10.0.0.1");
  fixture_free(&f);
}

static void
names_are_checked(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  g_assert_true(net_node(f.net, "a") == f.a);
  g_assert_null(net_node(f.net, "c"));
  g_assert_nonnull(node_new(f.net, "web-1.example_x", NODE_ROUTER, NULL));
  char long_name[65];
  memset(long_name, 'x', 64);
  long_name[64] = '\0';
  const char *const wrong[] = {"", "a b", "a>b", "a#1", "\303\244", long_name};
  for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
    GError *error = NULL;
    g_assert_null(node_new(f.net, wrong[i], NODE_HOST, &error));
    fixture_assert_error(&error, "cannot be the name of a node; accepted: 1 to 63 letters");
  }
  GError *error = NULL;
  g_assert_null(node_new(f.net, "a", NODE_HOST, &error));
  fixture_assert_error(&error, "there is a node called \"a\" already");
  fixture_free(&f);
}

/* What becomes of packets. */

typedef struct Drop {
  char node[8], reason[32]; /* of the last one */
  unsigned count;
  bool on_link;
} Drop;

static void
on_record(Sim *sim, const void *data, void *drop_pointer)
{
  const NetPacketRecord *record = data;
  Drop *drop = drop_pointer;
  if (record->event != NET_PACKET_DROP)
    return;
  drop->count++;
  drop->on_link = record->direction != NULL;
  g_strlcpy(drop->node, record->node->name, sizeof drop->node);
  g_strlcpy(drop->reason, record->reason, sizeof drop->reason);
}

static void
assert_drop(Drop *drop, const char *node, const char *reason)
{
  g_assert_cmpuint(drop->count, ==, 1);
  g_assert_cmpstr(drop->node, ==, node);
  g_assert_cmpstr(drop->reason, ==, reason);
  g_assert_false(drop->on_link);
  *drop = (Drop){0};
}

/* a - r - b with a listener for drops. */
static Node *
start_routed(Fixture *f, Drop *drop)
{
  *f = fixture_empty();
  *drop = (Drop){0};
  LinkSettings settings = link_settings_default();
  f->a = node_new(f->net, "a", NODE_HOST, NULL);
  Node *router = node_new(f->net, "r", NODE_ROUTER, NULL);
  f->b = node_new(f->net, "b", NODE_HOST, NULL);
  f->link = link_new(f->a, router, &settings, NULL);
  f->way = &f->link->forward;
  link_new(router, f->b, &settings, NULL);
  fixture_sink(f, f->b);
  sim_trace_listen(f->sim, NET_TRACE_PACKET, on_record, drop);
  return router;
}

static void
end_routed(Fixture *f, Drop *drop)
{
  sim_trace_ignore(f->sim, NET_TRACE_PACKET, on_record, drop);
  fixture_free(f);
}

static void
router_counts_down_the_ttl(void)
{
  Fixture f;
  Drop drop;
  Node *router = start_routed(&f, &drop);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 1, 100);
  packet->ttl = 2;
  g_assert_true(node_send(f.a, packet));
  fixture_run_all(&f);
  fixture_assert_order(&f, "1");
  g_assert_cmpuint(router->forwarded, ==, 1);
  for (unsigned ttl = 0; ttl < 2; ttl++) {
    packet = fixture_udp(f.net, f.a, f.b, 2, 100);
    packet->ttl = ttl;
    node_send(f.a, packet);
    fixture_run_all(&f);
    assert_drop(&drop, "r", "TTL");
  }
  fixture_assert_order(&f, "1");
  end_routed(&f, &drop);
}

static void
router_does_not_look_at_the_transport_checksum(void)
{
  Fixture f;
  Drop drop;
  Node *router = start_routed(&f, &drop);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 1, 100);
  packet->marks |= PACKET_CORRUPT;
  node_send(f.a, packet);
  fixture_run_all(&f);
  g_assert_cmpuint(router->forwarded, ==, 1);
  assert_drop(&drop, "b", "checksum");
  end_routed(&f, &drop);
}

static void
drops_say_why(void)
{
  Fixture f;
  Drop drop;
  Node *router = start_routed(&f, &drop);
  Packet *packet = fixture_udp(f.net, f.a, f.b, 1, 100);
  packet->protocol = 200;
  node_send(f.a, packet);
  fixture_run_all(&f);
  assert_drop(&drop, "b", "no protocol");

  packet = fixture_udp(f.net, f.a, f.b, 1, 100);
  NetAddress nobody;
  net_address_parse("192.0.2.1", &nobody, NULL);
  packet->destination = net_address_id(f.net, &nobody);
  g_assert_true(node_send(f.a, packet)); /* to the router, which may know */
  fixture_run_all(&f);
  assert_drop(&drop, "r", "no route");
  g_assert_cmpuint(router->no_route, ==, 1);

  link_down(f.way);
  g_assert_false(node_send(f.a, fixture_udp(f.net, f.a, f.b, 1, 100)));
  assert_drop(&drop, "a", "no route");
  g_assert_cmpuint(f.a->no_route, ==, 1);
  link_up(f.way);

  link_send(link_toward(f.link, f.a), fixture_udp(f.net, router, f.b, 1, 100));
  fixture_run_all(&f);
  assert_drop(&drop, "a", "not for this host");

  packet = fixture_udp(f.net, f.a, f.b, 1, 100);
  packet->destination = net_address_id(f.net, &nobody);
  link_send(f.way, packet);
  fixture_run_all(&f);
  assert_drop(&drop, "r", "no route");
  g_assert_cmpuint(router->no_route, ==, 2);
  end_routed(&f, &drop);
}

static void
loopback_arrives_now_in_its_own_event(void)
{
  Fixture f;
  fixture_link(&f, 0, FIXTURE_MS);
  fixture_run(&f, FIXTURE_MS);
  g_assert_true(node_send(f.a, fixture_udp(f.net, f.a, f.a, 1, 100)));
  g_assert_true(node_send(f.a, fixture_udp(f.net, f.a, f.a, 2, 60000))); /* there is no MTU */
  g_assert_cmpuint(f.arrivals->len, ==, 0);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2");
  g_assert_cmpint(fixture_arrival(&f, 1)->time, ==, FIXTURE_MS);
  g_assert_cmpuint(net_packets_sent(f.net), ==, 2);
  g_assert_cmpuint(f.a->received, ==, 2);
  node_send(f.a, fixture_udp(f.net, f.a, f.a, 3, 100));
  fixture_free(&f); /* with a packet looped back */
}

static void
mtu_is_that_of_the_way_out(void)
{
  Fixture f;
  Drop drop;
  start_routed(&f, &drop);
  link_set_mtu(f.way, 1280);
  Node *alone = node_new(f.net, "alone", NODE_HOST, NULL);
  g_assert_cmpuint(node_mtu(f.a, node_address(f.b)), ==, 1280);
  g_assert_cmpuint(node_mtu(f.b, node_address(f.a)), ==, 1500);
  g_assert_cmpuint(node_mtu(f.a, node_address(f.a)), ==, UINT32_MAX);
  g_assert_cmpuint(node_mtu(f.a, node_address(alone)), ==, 1280); /* towards its router */
  g_assert_cmpuint(node_mtu(alone, node_address(f.a)), ==, 0);
  end_routed(&f, &drop);
}

/* Processing. */

static void
processing_is_first_in_first_out(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  NodeProcessing slow = {.kind = NODE_PROCESSING_CONSTANT, .mean = 10 * FIXTURE_MS};
  NodeProcessing none = {.kind = NODE_PROCESSING_CONSTANT};
  node_set_processing(f.b, &slow);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 5 * FIXTURE_MS);
  node_set_processing(f.b, &none); /* what comes now still queues behind */
  fixture_send(&f, 3, 100);
  fixture_run_all(&f);
  fixture_send(&f, 4, 100);
  fixture_run_all(&f);
  fixture_assert_order(&f, "1 2 3 4");
  for (unsigned i = 0; i < 4; i++)
    g_assert_cmpint(fixture_arrival(&f, i)->time, ==, 10 * FIXTURE_MS);
  fixture_free(&f);
}

/* The processing time of each of many packets, which are sent far apart. */
static SimMoments
processing_times(NodeProcessing processing)
{
  Fixture f;
  SimMoments moments = {0};
  fixture_link(&f, 0, 0);
  node_set_processing(f.b, &processing);
  for (unsigned i = 0; i < 4000; i++) {
    SimTime sent = sim_now(f.sim);
    fixture_send(&f, 1, 100);
    fixture_run_all(&f);
    sim_moments_add(&moments, sim_time_to_seconds(fixture_arrival(&f, i)->time - sent));
  }
  fixture_free(&f);
  return moments;
}

static void
processing_follows_its_distribution(void)
{
  SimMoments uniform = processing_times((NodeProcessing){
      .kind = NODE_PROCESSING_UNIFORM, .mean = 10 * FIXTURE_MS, .spread = 20 * FIXTURE_MS});
  g_assert_cmpfloat(uniform.min, >=, 0.010);
  g_assert_cmpfloat(uniform.max, <, 0.020);
  g_assert_cmpfloat_with_epsilon(uniform.mean, 0.015, 0.0003);
  SimMoments exponential = processing_times(
      (NodeProcessing){.kind = NODE_PROCESSING_EXPONENTIAL, .mean = 10 * FIXTURE_MS});
  g_assert_cmpfloat_with_epsilon(exponential.mean, 0.010, 0.0008);
  SimMoments normal = processing_times((NodeProcessing){
      .kind = NODE_PROCESSING_NORMAL, .mean = 10 * FIXTURE_MS, .spread = 2 * FIXTURE_MS});
  g_assert_cmpfloat_with_epsilon(normal.mean, 0.010, 0.0002);
  g_assert_cmpfloat_with_epsilon(sim_moments_variance(&normal), 4e-6, 0.4e-6);
  SimMoments wide = processing_times((NodeProcessing){
      .kind = NODE_PROCESSING_NORMAL, .mean = FIXTURE_MS, .spread = 10 * FIXTURE_MS});
  g_assert_cmpfloat(wide.min, ==, 0); /* a draw below nothing is nothing */
  SimMoments pareto = processing_times(
      (NodeProcessing){.kind = NODE_PROCESSING_PARETO, .mean = 10 * FIXTURE_MS, .shape = 3});
  g_assert_cmpfloat(pareto.min, >=, 0.010 * 2 / 3);
  g_assert_cmpfloat_with_epsilon(pareto.mean, 0.010, 0.0008);
}

static void
freed_with_packets_in_the_inbox(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  NodeProcessing slow = {.kind = NODE_PROCESSING_CONSTANT, .mean = 10 * FIXTURE_MS};
  node_set_processing(f.b, &slow);
  fixture_send(&f, 1, 100);
  fixture_send(&f, 2, 100);
  fixture_run(&f, 5 * FIXTURE_MS);
  g_assert_cmpuint(f.net->packets.live, ==, 2);
  fixture_free(&f);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/node/" path, fn)
  TEST("addresses-are-read-and-written", addresses_are_read_and_written);
  TEST("address-ids-are-stable", address_ids_are_stable);
  TEST("addresses-are-given-out-in-order", addresses_are_given_out_in_order);
  TEST("unusable-addresses-are-refused", unusable_addresses_are_refused);
  TEST("names-are-checked", names_are_checked);
  TEST("router-counts-down-the-ttl", router_counts_down_the_ttl);
  TEST("router-does-not-look-at-checksums", router_does_not_look_at_the_transport_checksum);
  TEST("drops-say-why", drops_say_why);
  TEST("loopback-arrives-now", loopback_arrives_now_in_its_own_event);
  TEST("mtu-is-that-of-the-way-out", mtu_is_that_of_the_way_out);
  TEST("processing-is-first-in-first-out", processing_is_first_in_first_out);
  TEST("processing-follows-its-distribution", processing_follows_its_distribution);
  TEST("freed-with-packets-in-the-inbox", freed_with_packets_in_the_inbox);
  return g_test_run();
}
