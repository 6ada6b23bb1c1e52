/* Routes: the best way by delay, hops and flow; what is not used; static entries; and random
 * networks against an all-pairs computation. */
#include "models/net/route.h"

#include <string.h>

#include "tests/unit/net-fixture.h"

static Node *
add_node(Fixture *f, const char *name, NodeKind kind)
{
  GError *error = NULL;
  Node *node = node_new(f->net, name, kind, &error);
  g_assert_no_error(error);
  if (kind == NODE_HOST)
    fixture_sink(f, node);
  return node;
}

static Link *
join(Node *a, Node *b, SimTime delay)
{
  LinkSettings settings = link_settings_default();
  settings.delay = delay;
  return link_new(a, b, &settings, NULL);
}

/* Follows the way of a flow: "a>r b" as "r b"; "-" where there is no route. g_free. */
static char *
walk(Node *from, Node *to, uint16_t port)
{
  Net *net = from->net;
  GString *text = g_string_new(NULL);
  Packet *packet = fixture_udp(net, from, to, port, 100);
  for (Node *node = from; node != to;) {
    LinkDirection *way = route_lookup(node, packet);
    if (way == NULL || text->len > 500) {
      g_string_append_c(text, '-');
      break;
    }
    g_assert_true(way->from == node);
    g_assert_true(way->up);
    node = way->to;
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", node->name);
  }
  packet_free(net, packet);
  return g_string_free(text, false);
}

static void
assert_way(Node *from, Node *to, const char *expected)
{
  char *way = walk(from, to, 1);
  g_assert_cmpstr(way, ==, expected);
  g_free(way);
}

/* Two hops that are fast against one that is slow. */
static void
fewest_hops_whatever_their_delay(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER), *s = add_node(&f, "s", NODE_ROUTER);
  Node *t = add_node(&f, "t", NODE_ROUTER);
  join(a, r, FIXTURE_MS);
  join(r, s, 50 * FIXTURE_MS);
  join(r, t, FIXTURE_MS);
  join(t, s, FIXTURE_MS);
  join(s, b, FIXTURE_MS);
  assert_way(a, b, "r t s b");
  route_set_by_hops(f.net, true);
  assert_way(a, b, "r s b");
  route_set_by_hops(f.net, false);
  assert_way(a, b, "r t s b");
  fixture_free(&f);
}

static void
least_delay_then_fewest_hops(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER), *s = add_node(&f, "s", NODE_ROUTER);
  Node *t = add_node(&f, "t", NODE_ROUTER);
  join(a, r, 0);
  join(r, t, 10);
  join(r, s, 4);
  join(s, t, 5);
  join(t, b, 0);
  assert_way(a, b, "r s t b"); /* 9 against 10 */
  Link *level = join(s, t, 6);
  link_set_delay(&level->forward, 6);
  link_set_delay(link_toward(g_ptr_array_index(f.net->links, 3), t), 6);
  route_invalidate(f.net);
  assert_way(a, b, "r t b");   /* 10 each, but a hop less */
  assert_way(b, a, "t s r a"); /* the other direction has kept its 5 */
  fixture_free(&f);
}

static void
links_that_are_down_are_not_used(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER), *s = add_node(&f, "s", NODE_ROUTER);
  Link *first = join(a, r, 0);
  join(r, s, 100);
  Link *direct = join(r, b, 1);
  join(s, b, 100);
  assert_way(a, b, "r b");
  link_down(&direct->forward);
  assert_way(a, b, "r s b");
  assert_way(b, a, "r a"); /* the other direction is up */
  link_up(&direct->forward);
  assert_way(a, b, "r b");
  link_down(&first->forward);
  assert_way(a, b, "-");
  assert_way(b, a, "r a");
  link_down(&first->backward); /* the last hop: nobody sends on towards a */
  assert_way(b, a, "-");
  fixture_free(&f);
}

static void
hosts_do_not_forward(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *m = add_node(&f, "m", NODE_HOST);
  Node *b = add_node(&f, "b", NODE_HOST);
  join(a, m, 0);
  join(m, b, 0);
  assert_way(a, m, "m");
  assert_way(m, b, "b");
  assert_way(a, b, "-");
  fixture_free(&f);
}

static void
nobody_and_other_components_have_no_route(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER);
  Node *c = add_node(&f, "c", NODE_HOST), *d = add_node(&f, "d", NODE_HOST);
  Node *alone = add_node(&f, "alone", NODE_ROUTER);
  join(a, r, 0);
  join(r, b, 0);
  join(c, d, 0);
  assert_way(a, b, "r b");
  assert_way(c, d, "d");
  assert_way(a, c, "r-"); /* a host with one link leaves it to its router */
  assert_way(c, a, "-");
  assert_way(a, alone, "r-");
  assert_way(alone, a, "-");
  assert_way(a, r, "r");
  assert_way(r, a, "a");
  NetAddress nobody;
  net_address_parse("192.0.2.1", &nobody, NULL);
  NetAddressId id = net_address_id(f.net, &nobody);
  g_assert_true(route_lookup_address(a, id)->to == r);
  g_assert_null(route_lookup_address(r, id));
  g_assert_null(route_lookup_address(c, id)); /* no router there */
  join(d, r, 0);                              /* a new link is a change */
  assert_way(a, d, "r d");
  assert_way(a, c, "r-");
  fixture_free(&f);
}

/* How many of 1000 flows go over each of the links out of r towards b. */
static void
shares(Node *r, Node *a, Node *b, unsigned counts[4])
{
  memset(counts, 0, 4 * sizeof *counts);
  for (unsigned port = 1; port <= 1000; port++) {
    Packet *packet = fixture_udp(r->net, a, b, port, 100);
    LinkDirection *way = route_lookup(r, packet);
    g_assert_true(route_lookup(r, packet) == way); /* a flow keeps its way */
    for (unsigned i = 0; i < r->directions->len; i++)
      counts[i] += way == g_ptr_array_index(r->directions, i);
    packet_free(r->net, packet);
  }
}

static void
equal_ways_are_shared_by_flow(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER), *s = add_node(&f, "s", NODE_ROUTER);
  join(a, r, 0);
  join(r, s, 7);
  join(r, s, 7);
  Link *third = join(r, s, 7);
  join(s, b, 0);
  unsigned counts[4];
  shares(r, a, b, counts);
  g_assert_cmpuint(counts[0], ==, 0);
  for (unsigned i = 1; i < 4; i++) {
    g_assert_cmpuint(counts[i], >, 250);
    g_assert_cmpuint(counts[i], <, 420);
  }
  link_down(&third->forward);
  shares(r, a, b, counts);
  g_assert_cmpuint(counts[3], ==, 0);
  g_assert_cmpuint(counts[1] + counts[2], ==, 1000);
  g_assert_true(route_lookup_address(r, node_address(b)) == g_ptr_array_index(r->directions, 1));
  fixture_free(&f);
}

static void
add_static(Node *node, const char *prefix, unsigned length, Node *next_hop)
{
  NetAddress address;
  GError *error = NULL;
  net_address_parse(prefix, &address, NULL);
  route_add_static(node, &address, length, next_hop, &error);
  g_assert_no_error(error);
}

static void
static_entries_win_longest_prefix_first(void)
{
  Fixture f = fixture_empty();
  Node *a = add_node(&f, "a", NODE_HOST), *b = add_node(&f, "b", NODE_HOST);
  Node *r = add_node(&f, "r", NODE_ROUTER), *s = add_node(&f, "s", NODE_ROUTER);
  Node *t = add_node(&f, "t", NODE_ROUTER), *u = add_node(&f, "u", NODE_ROUTER);
  join(a, r, 0);
  Link *direct = join(r, u, 1);
  Link *over_s = join(r, s, 50);
  join(s, u, 50);
  join(r, t, 100);
  join(t, u, 100);
  join(u, b, 0);
  assert_way(a, b, "r u b");
  add_static(r, "10.0.0.0", 8, t);
  assert_way(a, b, "r t u b");
  add_static(r, "10.0.0.2", 31, s); /* b is 10.0.0.2 */
  add_static(r, "10.0.0.2", 31, u); /* as long, but made later */
  assert_way(a, b, "r s u b");
  link_down(&over_s->forward);
  assert_way(a, b, "r u b");
  link_down(&direct->forward);
  assert_way(a, b, "r t u b");
  link_up(&over_s->forward);
  assert_way(a, b, "r s u b");

  NetAddress nobody;
  net_address_parse("10.255.0.1", &nobody, NULL);
  NetAddressId id = net_address_id(f.net, &nobody);
  g_assert_true(route_lookup_address(r, id)->to == t); /* by /8 */
  g_assert_true(route_lookup_address(a, id)->to == r); /* which knows a way */
  net_address_parse("11.0.0.1", &nobody, NULL);
  g_assert_null(route_lookup_address(r, net_address_id(f.net, &nobody)));
  fixture_free(&f);
}

static void
prefixes_are_compared_by_bits(void)
{
  static const struct {
    const char *prefix;
    unsigned length;
    const char *address;
    bool matches;
  } cases[] = {
      {"192.168.4.0", 22, "192.168.7.255", true},    {"192.168.4.0", 22, "192.168.8.0", false},
      {"0.0.0.0", 0, "203.0.113.1", true},           {"10.1.2.3", 32, "10.1.2.3", true},
      {"10.1.2.3", 32, "10.1.2.2", false},           {"2001:db8::", 33, "2001:db8:7fff::1", true},
      {"2001:db8::", 33, "2001:db8:8000::1", false}, {"::", 0, "10.0.0.9", false},
      {"0.0.0.0", 0, "2001:db8::1", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture f;
    NetAddress address;
    fixture_link(&f, 0, 0);
    add_static(f.a, cases[i].prefix, cases[i].length, f.b);
    net_address_parse(cases[i].address, &address, NULL);
    bool found = route_lookup_address(f.a, net_address_id(f.net, &address)) != NULL;
    g_assert_cmpint(found, ==, cases[i].matches);
    fixture_free(&f);
  }
}

static void
wrong_static_entries_are_explained(void)
{
  Fixture f;
  fixture_link(&f, 0, 0);
  Node *far = add_node(&f, "far", NODE_HOST);
  NetAddress address;
  GError *error = NULL;
  net_address_parse("10.0.0.0", &address, NULL);
  g_assert_false(route_add_static(f.a, &address, 33, f.b, &error));
  fixture_assert_error(&error, "a prefix of 33 bits is too long; accepted: 0 to 32");
  g_assert_false(route_add_static(f.a, &address, 8, far, &error));
  fixture_assert_error(&error, "\"far\" is not a neighbour of \"a\"; accepted: b");
  fixture_free(&f);
}

/* Random networks. */

#define NODES 12
#define NO_WAY (INT64_C(1) << 60)

typedef struct Pair {
  int64_t delay;
  unsigned hops;
} Pair;

static bool
less(Pair a, Pair b)
{
  return a.delay != b.delay ? a.delay < b.delay : a.hops < b.hops;
}

/* Floyd and Warshall, through routers only. */
static void
all_pairs(Fixture *f, Pair best[NODES][NODES])
{
  for (unsigned i = 0; i < NODES; i++) {
    for (unsigned j = 0; j < NODES; j++)
      best[i][j] = (Pair){i == j ? 0 : NO_WAY, 0};
  }
  for (unsigned i = 0; i < f->net->links->len; i++) {
    Link *link = g_ptr_array_index(f->net->links, i);
    LinkDirection *both[2] = {&link->forward, &link->backward};
    for (unsigned k = 0; k < 2; k++) {
      Pair direct = {both[k]->delay, 1};
      Pair *known = &best[both[k]->from->index][both[k]->to->index];
      if (both[k]->up && less(direct, *known))
        *known = direct;
    }
  }
  for (unsigned k = 0; k < NODES; k++) {
    if (((Node *)g_ptr_array_index(f->net->nodes, k))->kind == NODE_HOST)
      continue;
    for (unsigned i = 0; i < NODES; i++) {
      for (unsigned j = 0; j < NODES; j++) {
        Pair over = {best[i][k].delay + best[k][j].delay, best[i][k].hops + best[k][j].hops};
        if (over.delay < NO_WAY && less(over, best[i][j]))
          best[i][j] = over;
      }
    }
  }
}

static Pair
walk_cost(Fixture *f, Node *from, Node *to, uint16_t port)
{
  Pair cost = {0, 0};
  Packet *packet = fixture_udp(f->net, from, to, port, 100);
  for (Node *node = from; node != to;) {
    LinkDirection *way = route_lookup(node, packet);
    if (way == NULL || cost.hops > NODES) {
      cost.delay = NO_WAY;
      break;
    }
    g_assert_true(node == from || node->kind == NODE_ROUTER);
    cost.delay += way->delay;
    cost.hops++;
    node = way->to;
  }
  packet_free(f->net, packet);
  return cost;
}

static void
random_network(Fixture *f, SimRng *rng)
{
  *f = fixture_empty();
  for (unsigned i = 0; i < NODES; i++) {
    char name[8];
    g_snprintf(name, sizeof name, "n%u", i);
    add_node(f, name, sim_rng_chance(rng, 0.6) ? NODE_ROUTER : NODE_HOST);
  }
  unsigned links = NODES / 2 + sim_rng_below(rng, 2 * NODES);
  for (unsigned i = 0; i < links; i++) {
    Node *a = g_ptr_array_index(f->net->nodes, sim_rng_below(rng, NODES));
    Node *b = g_ptr_array_index(f->net->nodes, sim_rng_below(rng, NODES));
    if (a == b)
      continue;
    Link *link = join(a, b, (SimTime)sim_rng_below(rng, 4)); /* 0 now and then */
    link_set_delay(&link->backward, (SimTime)sim_rng_below(rng, 4));
    if (sim_rng_chance(rng, 0.1))
      link_down(&link->forward);
  }
}

static unsigned
assert_best_ways(Fixture *f)
{
  Pair best[NODES][NODES];
  unsigned reached = 0;
  all_pairs(f, best);
  for (unsigned i = 0; i < NODES; i++) {
    for (unsigned j = 0; j < NODES; j++) {
      Node *from = g_ptr_array_index(f->net->nodes, i), *to = g_ptr_array_index(f->net->nodes, j);
      if (i == j)
        continue;
      for (unsigned port = 1; port <= 3; port++) {
        Pair cost = walk_cost(f, from, to, port);
        g_assert_cmpint(cost.delay, ==, best[i][j].delay);
        if (cost.delay < NO_WAY)
          g_assert_cmpuint(cost.hops, ==, best[i][j].hops);
        reached += cost.delay < NO_WAY;
      }
    }
  }
  return reached;
}

static void
random_networks_have_the_best_ways(void)
{
  unsigned reached = 0;
  SimRng rng;
  sim_rng_init(&rng, 20240607, "random networks");
  for (unsigned trial = 0; trial < 200; trial++) {
    Fixture f;
    random_network(&f, &rng);
    reached += assert_best_ways(&f);
    if (f.net->links->len > 0) { /* and again after a change */
      Link *link = g_ptr_array_index(f.net->links, sim_rng_below(&rng, f.net->links->len));
      link_down(&link->backward);
      assert_best_ways(&f);
    }
    fixture_free(&f);
  }
  g_assert_cmpuint(reached, >, 20000);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define TEST(path, fn) g_test_add_func("/route/" path, fn)
  TEST("least-delay-then-fewest-hops", least_delay_then_fewest_hops);
  TEST("fewest-hops", fewest_hops_whatever_their_delay);
  TEST("links-that-are-down-are-not-used", links_that_are_down_are_not_used);
  TEST("hosts-do-not-forward", hosts_do_not_forward);
  TEST("nobody-and-other-components", nobody_and_other_components_have_no_route);
  TEST("equal-ways-are-shared-by-flow", equal_ways_are_shared_by_flow);
  TEST("static-entries-win", static_entries_win_longest_prefix_first);
  TEST("prefixes-are-compared-by-bits", prefixes_are_compared_by_bits);
  TEST("wrong-static-entries-are-explained", wrong_static_entries_are_explained);
  TEST("random-networks-have-the-best-ways", random_networks_have_the_best_ways);
  return g_test_run();
}
