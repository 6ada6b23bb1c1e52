/* The drawing of a network: what is read, that nothing lies on anything else, and that the same
 * network gives the same drawing. */
#include "plots/topology.h"

#include <math.h>
#include <string.h>

#include "sim/error.h"
#include "tests/unit/run-folder.h"

#define PAGE 496.0
#define FONT 8.0

/* -- making summaries -- */

typedef struct Summary {
  GString *nodes, *links;
} Summary;

static Summary
summary_begin(void)
{
  return (Summary){g_string_new(NULL), g_string_new(NULL)};
}

static void
add_node(Summary *summary, const char *name, const char *kind)
{
  g_string_append_printf(summary->nodes, "%s\"%s\": {\"kind\": \"%s\"}",
                         summary->nodes->len > 0 ? "," : "", name, kind);
}

static void
add_way(Summary *summary, const char *from, const char *to, const char *rate, const char *delay)
{
  g_string_append_printf(summary->links,
                         "%s\"%s>%s%u\": {\"from\": \"%s\", \"to\": \"%s\", \"rate\": %s, "
                         "\"delay\": %s}",
                         summary->links->len > 0 ? "," : "", from, to, (guint)summary->links->len,
                         from, to, rate, delay);
}

static void
add_link(Summary *summary, const char *a, const char *b, const char *rate, const char *delay)
{
  add_way(summary, a, b, rate, delay);
  add_way(summary, b, a, rate, delay);
}

static void
summary_put(Summary *summary, const char *folder)
{
  g_autofree char *text = g_strdup_printf("{\"nodes\": {%s}, \"links\": {%s}}", summary->nodes->str,
                                          summary->links->str);
  folder_put(folder, "summary.json", text);
  g_string_free(summary->nodes, TRUE);
  g_string_free(summary->links, TRUE);
}

static Topology *
read_and_place(Summary *summary)
{
  char *folder = folder_new();
  GError *error = NULL;
  summary_put(summary, folder);
  Topology *topology = topology_read(folder, &error);
  g_assert_no_error(error);
  topology_place(topology, PAGE, FONT);
  folder_free(folder);
  return topology;
}

static const TopologyNode *
node_at(const Topology *topology, guint index)
{
  return &g_array_index(topology->nodes, TopologyNode, index);
}

static const TopologyLink *
link_at(const Topology *topology, guint index)
{
  return &g_array_index(topology->links, TopologyLink, index);
}

/* -- nothing on anything else -- */

static bool
apart(double x0, double y0, double w0, double h0, double x1, double y1, double w1, double h1)
{
  return fabs(x0 - x1) >= (w0 + w1) / 2 || fabs(y0 - y1) >= (h0 + h1) / 2;
}

static void
assert_legible(const Topology *topology)
{
  for (guint i = 0; i < topology->nodes->len; i++) {
    const TopologyNode *a = node_at(topology, i);
    g_assert_cmpfloat(a->x - a->width / 2, >=, -0.01);
    g_assert_cmpfloat(a->x + a->width / 2, <=, topology->width + 0.01);
    g_assert_cmpfloat(a->y - a->height / 2, >=, 0);
    g_assert_cmpfloat(a->y + a->height / 2, <=, topology->height);
    for (guint k = 0; k < i; k++) {
      const TopologyNode *b = node_at(topology, k);
      g_assert_true(apart(a->x, a->y, a->width, a->height, b->x, b->y, b->width, b->height));
    }
  }
  for (guint i = 0; i < topology->links->len; i++) {
    const TopologyLink *link = link_at(topology, i);
    for (guint k = 0; link->labelled && k < topology->nodes->len; k++) {
      const TopologyNode *node = node_at(topology, k);
      g_assert_true(apart(link->label_x, link->label_y, link->label_width, link->label_height,
                          node->x, node->y, node->width, node->height));
    }
    for (guint k = 0; link->labelled && k < i; k++) {
      const TopologyLink *other = link_at(topology, k);
      g_assert_true(!other->labelled ||
                    apart(link->label_x, link->label_y, link->label_width, link->label_height,
                          other->label_x, other->label_y, other->label_width, other->label_height));
    }
  }
}

static char *
name_of(const char *prefix, guint number)
{
  return g_strdup_printf("%s%u", prefix, number);
}

/* `count` hosts around each of two routers. */
static Summary
dumbbell(guint count)
{
  Summary summary = summary_begin();
  add_node(&summary, "r1", "router");
  add_node(&summary, "r2", "router");
  add_link(&summary, "r1", "r2", "10000000", "0.02");
  for (guint i = 1; i <= count; i++) {
    g_autofree char *left = name_of("left", i), *right = name_of("right", i);
    add_node(&summary, left, "host");
    add_node(&summary, right, "host");
    add_link(&summary, left, "r1", "1000000000", "0.001");
    add_link(&summary, "r2", right, "1000000000", "0.001");
  }
  return summary;
}

static void
two_hosts(void)
{
  Summary summary = summary_begin();
  add_node(&summary, "client", "host");
  add_node(&summary, "server", "host");
  add_link(&summary, "client", "server", "10000000", "0.05");
  g_autoptr(Topology) topology = read_and_place(&summary);
  assert_legible(topology);
  g_assert_cmpstr(link_at(topology, 0)->label, ==, "10 Mbit/s\n50 ms");
  g_assert_true(link_at(topology, 0)->labelled);
  g_assert_cmpfloat(node_at(topology, 0)->x, <, node_at(topology, 1)->x);
  g_assert_cmpfloat(fabs(node_at(topology, 0)->y - node_at(topology, 1)->y), <, 0.01);
}

static void
lonely_node(void)
{
  Summary summary = summary_begin();
  add_node(&summary, "alone", "host");
  g_autoptr(Topology) topology = read_and_place(&summary);
  assert_legible(topology);
  g_assert_cmpfloat(fabs(node_at(topology, 0)->x - PAGE / 2), <, 0.01);
}

/* Hosts stand around their router in their order, and what all have in common is said once. */
static void
dumbbells(void)
{
  for (guint count = 1; count <= 19; count++) {
    Summary summary = dumbbell(count);
    g_autoptr(Topology) topology = read_and_place(&summary);
    assert_legible(topology);
    g_assert_cmpuint(topology->unlabelled, ==, 0);
    for (guint i = 0; i < count && count > 2; i++) {
      g_assert_null(link_at(topology, 1 + 2 * i)->label);
      g_assert_cmpstr(topology->common, ==, "links without a label: 1 Gbit/s, 1 ms");
    }
    for (guint i = 1; count <= 5 && i < count; i++)
      g_assert_cmpfloat(node_at(topology, 2 * i)->y, <, node_at(topology, 2 * i + 2)->y);
  }
}

/* Four tiers of a fat-tree: 4 cores, 8 aggregation and 8 edge switches, 16 hosts. */
static Summary
fat_tree(void)
{
  Summary summary = summary_begin();
  for (guint i = 0; i < 36; i++) {
    g_autofree char *name = name_of(i < 4 ? "core" : i < 12 ? "agg" : i < 20 ? "edge" : "host", i);
    add_node(&summary, name, i < 20 ? "router" : "host");
  }
  for (guint i = 0; i < 8; i++) {
    g_autofree char *aggregation = name_of("agg", 4 + i), *edge = name_of("edge", 12 + i);
    g_autofree char *other = name_of("edge", 12 + (i ^ 1));
    add_link(&summary, aggregation, edge, "1000000000", "0.000005");
    add_link(&summary, aggregation, other, "1000000000", "0.000005");
    for (guint k = 0; k < 2; k++) {
      g_autofree char *core = name_of("core", i % 2 * 2 + k),
                      *host = name_of("host", 20 + 2 * i + k);
      add_link(&summary, aggregation, core, "1000000000", "0.000005");
      add_link(&summary, edge, host, "1000000000", "0.000005");
    }
  }
  return summary;
}

static void
tiers_are_rows(void)
{
  Summary summary = fat_tree();
  g_autoptr(Topology) topology = read_and_place(&summary);
  assert_legible(topology);
  for (guint i = 1; i < 20; i++) {
    bool same = i != 4 && i != 12;
    double up = node_at(topology, i)->y - node_at(topology, i - 1)->y;
    g_assert_true(same ? fabs(up) < 0.01 : up > 2 * FONT);
    if (same)
      g_assert_cmpfloat(node_at(topology, i - 1)->x, <, node_at(topology, i)->x);
  }
  g_assert_cmpstr(topology->common, ==, "each link: 1 Gbit/s, 5 us");
}

/* A ring of rings with a rate and a delay of its own on each link; numbers where there is no room.
 */
static void
forty_routers(void)
{
  Summary summary = summary_begin();
  for (guint i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf("Stadt_%u%s", i, i % 7 == 0 ? "_mit_langem_Namen" : "");
    add_node(&summary, name, "router");
  }
  guint links = 0;
  for (guint i = 0; i < 40; i++)
    for (guint step = 1; step <= 13; step += 12) {
      guint to = (i + step) % 40;
      if (step == 13 && i % 3 != 0)
        continue;
      g_autofree char *a = g_strdup_printf("Stadt_%u%s", i, i % 7 == 0 ? "_mit_langem_Namen" : "");
      g_autofree char *b =
          g_strdup_printf("Stadt_%u%s", to, to % 7 == 0 ? "_mit_langem_Namen" : "");
      g_autofree char *rate = g_strdup_printf("%u", 1000000 * (i + 1));
      g_autofree char *delay = g_strdup_printf("0.0%02u", i + step);
      add_link(&summary, a, b, rate, delay);
      links++;
    }
  g_autoptr(Topology) topology = read_and_place(&summary);
  assert_legible(topology);
  guint labelled = 0;
  for (guint i = 0; i < links; i++)
    labelled += link_at(topology, i)->labelled;
  g_assert_cmpuint(labelled + topology->unlabelled, ==, links);
  g_assert_cmpuint(topology->unlabelled, <=, links / 10);
}

static void
several_links_lie_side_by_side(void)
{
  Summary summary = summary_begin();
  add_node(&summary, "a", "host");
  add_node(&summary, "b", "host");
  add_link(&summary, "a", "b", "1000000", "0.001");
  add_link(&summary, "b", "a", "2000000", "0.002");
  add_way(&summary, "a", "b", "1000000", "0.01");
  add_way(&summary, "b", "a", "null", "0.01");
  g_autoptr(Topology) topology = read_and_place(&summary);
  assert_legible(topology);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint(link_at(topology, i)->place, ==, i);
    g_assert_cmpuint(link_at(topology, i)->of, ==, 3);
    g_assert_true(link_at(topology, i)->labelled);
  }
  g_assert_cmpfloat(fabs(link_at(topology, 0)->y[0] - link_at(topology, 1)->y[1]), >, 1);
  g_assert_cmpstr(link_at(topology, 2)->label, ==, "a>b 1 Mbit/s\nb>a -\n10 ms");
}

static void
the_same_twice(void)
{
  Summary one = dumbbell(7), other = dumbbell(7);
  g_autoptr(Topology) a = read_and_place(&one), b = read_and_place(&other);
  for (guint i = 0; i < a->nodes->len; i++) {
    g_assert_true(node_at(a, i)->x == node_at(b, i)->x);
    g_assert_true(node_at(a, i)->y == node_at(b, i)->y);
  }
  for (guint i = 0; i < a->links->len; i++)
    g_assert_true(link_at(a, i)->label_x == link_at(b, i)->label_x);
}

/* -- what cannot be drawn -- */

static void
assert_refused(const char *text, const char *part)
{
  char *folder = folder_new();
  GError *error = NULL;
  folder_put(folder, "summary.json", text);
  g_assert_null(topology_read(folder, &error));
  g_assert_nonnull(error);
  if (strstr(error->message, part) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, part);
  g_clear_error(&error);
  folder_free(folder);
}

static void
wrong_summaries(void)
{
  assert_refused("", "summary.json");
  assert_refused("[]", "is not the summary of a run");
  assert_refused("{", "summary.json");
  assert_refused("{\"links\": {}}", "another version wrote it");
  assert_refused("{\"nodes\": {\"a\": {}}, \"links\": {}}", "another version wrote it");
  assert_refused("{\"nodes\": {\"a\": 7}, \"links\": {}}", "another version wrote it");
  assert_refused("{\"nodes\": {\"a\": {\"kind\": \"host\"}}, \"links\": {\"a>b\": {}}}",
                 "another version wrote it");
  assert_refused(
      "{\"nodes\": {\"a\": {\"kind\": \"host\"}}, \"links\": {\"a>b\": {\"from\": \"a\"}, "
      "\"b>a\": {\"from\": \"b\"}}}",
      "another version wrote it");
  assert_refused("{\"nodes\": {}, \"links\": {}}", "networks of 1 to 300 nodes; this one has 0");
  Summary summary = dumbbell(150);
  g_autofree char *text = g_strdup_printf("{\"nodes\": {%s}, \"links\": {}}", summary.nodes->str);
  assert_refused(text, "this one has 302");
  g_string_free(summary.nodes, TRUE);
  g_string_free(summary.links, TRUE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/topology/two-hosts", two_hosts);
  g_test_add_func("/topology/a-lonely-node", lonely_node);
  g_test_add_func("/topology/dumbbells", dumbbells);
  g_test_add_func("/topology/tiers-are-rows", tiers_are_rows);
  g_test_add_func("/topology/forty-routers", forty_routers);
  g_test_add_func("/topology/several-links-lie-side-by-side", several_links_lie_side_by_side);
  g_test_add_func("/topology/the-same-twice", the_same_twice);
  g_test_add_func("/topology/wrong-summaries", wrong_summaries);
  return g_test_run();
}
