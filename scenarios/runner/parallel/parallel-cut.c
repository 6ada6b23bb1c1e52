/* parallel-cut: the longest look-ahead that still gives parts of about the same weight.
 *
 * What a part may do without asking the others is as long as the shortest delay that was cut. So
 * links shorter than a limit are first contracted, with those that cannot be cut, and METIS divides
 * what is left, vertices weighted by their links; limits are tried from the longest delay down,
 * until no part is much heavier than the others. */
#include "scenarios/runner/parallel/parallel-cut.h"

#include <dlfcn.h>
#include <stdlib.h>

#include "models/net/link-cut.h"
#include "scenarios/runner/study/remote.h"
#include "sim/error.h"

#define HEAVIEST 1.2   /* times the mean weight of a part: good enough */
#define LIMITS_TRIED 8 /* of the delays that there are */

typedef struct Cutting {
  const Net *net;
  unsigned parts;
  ParallelDivideFn divide;
  uint32_t *root;   /* owned; by node: another one of its vertex, or itself */
  int32_t *vertex;  /* owned; by node that is its own root */
  uint32_t *best;   /* owned; by node, its part; NULL: none yet */
  double imbalance; /* of `best`: its heaviest part by the mean */
  unsigned most;    /* vertices that a limit left */
} Cutting;

/* -- vertices: nodes that stay together -- */

static uint32_t
root_of(Cutting *cutting, uint32_t node)
{
  uint32_t *root = cutting->root;
  for (; root[node] != node; node = root[node])
    root[node] = root[root[node]];
  return node;
}

static SimTime
delay_of(const Link *link)
{
  return MIN(link->forward.delay, link->backward.delay);
}

/* Contracts links that are shorter than `limit` or cannot be cut; the number of vertices. */
static int32_t
contract(Cutting *cutting, SimTime limit)
{
  const Net *net = cutting->net;
  for (uint32_t i = 0; i < net->nodes->len; i++)
    cutting->root[i] = i;
  for (guint i = 0; i < net->links->len; i++) {
    const Link *link = g_ptr_array_index(net->links, i);
    if (delay_of(link) < limit || !link_cut_possible(link))
      cutting->root[root_of(cutting, link->forward.to->index)] =
          root_of(cutting, link->forward.from->index);
  }
  int32_t vertices = 0;
  for (uint32_t i = 0; i < net->nodes->len; i++)
    if (root_of(cutting, i) == i)
      cutting->vertex[i] = vertices++;
  return vertices;
}

static int32_t
vertex_of(Cutting *cutting, const Node *node)
{
  return cutting->vertex[root_of(cutting, node->index)];
}

/* -- the graph -- */

/* Both ways of a link between two vertices, as from << 32 | to. */
static GArray *
collect_edges(Cutting *cutting)
{
  GArray *edges = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  const GPtrArray *links = cutting->net->links;
  for (guint i = 0; i < links->len; i++) {
    const Link *link = g_ptr_array_index(links, i);
    uint64_t a = (uint64_t)vertex_of(cutting, link->forward.from);
    uint64_t b = (uint64_t)vertex_of(cutting, link->forward.to);
    uint64_t ways[] = {a << 32 | b, b << 32 | a};
    if (a != b)
      g_array_append_vals(edges, ways, 2);
  }
  return edges;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return left < right ? -1 : left > right;
}

static ParallelGraph
graph_new(Cutting *cutting, int32_t vertices)
{
  g_autoptr(GArray) edges = collect_edges(cutting);
  g_array_sort(edges, compare);
  ParallelGraph graph = {.vertices = vertices,
                         .first = g_new0(int32_t, vertices + 1),
                         .next_to = g_new(int32_t, edges->len + 1),
                         .weight = g_new0(int32_t, vertices),
                         .edge_weight = g_new0(int32_t, edges->len + 1)};
  int32_t count = 0;
  for (guint i = 0; i < edges->len; i++) {
    uint64_t edge = g_array_index(edges, uint64_t, i);
    if (i == 0 || edge != g_array_index(edges, uint64_t, i - 1)) {
      graph.next_to[count++] = (int32_t)(edge & UINT32_MAX);
      graph.first[(edge >> 32) + 1] = count;
    }
    graph.edge_weight[count - 1]++;
  }
  for (int32_t i = 0; i < vertices; i++) /* those without an edge */
    graph.first[i + 1] = MAX(graph.first[i + 1], graph.first[i]);
  for (guint i = 0; i < cutting->net->nodes->len; i++) {
    const Node *node = g_ptr_array_index(cutting->net->nodes, i);
    graph.weight[vertex_of(cutting, node)] += (int32_t)node->directions->len + 1;
  }
  return graph;
}

static void
graph_clear(ParallelGraph *graph)
{
  g_free(graph->first);
  g_free(graph->next_to);
  g_free(graph->weight);
  g_free(graph->edge_weight);
}

/* -- the best of several -- */

/* The heaviest part by the mean. */
static double
imbalance_of(const ParallelGraph *graph, const int32_t *part_of, unsigned parts)
{
  g_autofree int64_t *weights = g_new0(int64_t, parts);
  int64_t total = 0, most = 0;
  for (int32_t i = 0; i < graph->vertices; i++) {
    weights[part_of[i]] += graph->weight[i];
    total += graph->weight[i];
    most = MAX(most, weights[part_of[i]]);
  }
  return total > 0 ? (double)most * parts / (double)total : 1;
}

static void
keep(Cutting *cutting, const int32_t *part_of)
{
  const GPtrArray *nodes = cutting->net->nodes;
  if (cutting->best == NULL)
    cutting->best = g_new(uint32_t, nodes->len);
  for (guint i = 0; i < nodes->len; i++)
    cutting->best[i] = (uint32_t)part_of[vertex_of(cutting, g_ptr_array_index(nodes, i))];
}

/* Divides what a limit leaves; true: it is good enough. */
static bool
try_limit(Cutting *cutting, SimTime limit)
{
  int32_t vertices = contract(cutting, limit);
  cutting->most = MAX(cutting->most, (unsigned)vertices);
  if ((unsigned)vertices < cutting->parts)
    return false;
  ParallelGraph graph = graph_new(cutting, vertices);
  g_autofree int32_t *part_of = g_new0(int32_t, vertices);
  if (cutting->divide(&graph, (int32_t)cutting->parts, part_of)) {
    double imbalance = imbalance_of(&graph, part_of, cutting->parts);
    if (cutting->best == NULL || imbalance < cutting->imbalance) {
      keep(cutting, part_of);
      cutting->imbalance = imbalance;
    }
  }
  graph_clear(&graph);
  return cutting->best != NULL && cutting->imbalance <= HEAVIEST;
}

/* The delays of links that can be cut, the longest first, each once. */
static GArray *
limits_of(const Net *net)
{
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  for (guint i = 0; i < net->links->len; i++) {
    const Link *link = g_ptr_array_index(net->links, i);
    uint64_t delay = (uint64_t)delay_of(link);
    if (link_cut_possible(link))
      g_array_append_val(all, delay);
  }
  g_array_sort(all, compare);
  GArray *limits = g_array_new(FALSE, FALSE, sizeof(SimTime));
  for (guint i = all->len; i-- > 0;) {
    SimTime delay = (SimTime)g_array_index(all, uint64_t, i);
    if (limits->len == 0 || g_array_index(limits, SimTime, limits->len - 1) != delay)
      g_array_append_val(limits, delay);
  }
  return limits;
}

static void
try_limits(Cutting *cutting)
{
  g_autoptr(GArray) limits = limits_of(cutting->net);
  guint step = MAX(limits->len / LIMITS_TRIED, 1);
  bool good = false;
  for (guint i = 0; i < limits->len && !good; i += step)
    good = try_limit(cutting, g_array_index(limits, SimTime, i));
  if (!good) /* the shortest of all; where there is none, islands */
    try_limit(cutting, limits->len > 0 ? g_array_index(limits, SimTime, limits->len - 1) : 1);
}

uint32_t *
parallel_cut(const Net *net, unsigned parts, GError **error)
{
  void *module = remote_open_module(PARALLEL_METIS_MODULE);
  const ParallelDivideFn *divide = module != NULL ? dlsym(module, PARALLEL_METIS_SYMBOL) : NULL;
  if (divide == NULL) {
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_STATE,
        "--parallel: the program was built without METIS, which cuts the network into parts "
        "(libmetis-dev, and then a new build)");
    return NULL;
  }
  Cutting cutting = {.net = net,
                     .parts = parts,
                     .divide = *divide,
                     .root = g_new0(uint32_t, net->nodes->len),
                     .vertex = g_new0(int32_t, net->nodes->len)};
  try_limits(&cutting);
  g_free(cutting.root);
  g_free(cutting.vertex);
  if (cutting.best == NULL)
    g_set_error(
        error, SIM_ERROR, SIM_ERROR_STATE,
        "--parallel: %u ranks are too many for this network, of which the most parts are %u: "
        "links without a delay, with rules, or that may hold packets back (jitter, reordering, "
        "policer, shaper, a trace of rates) are not cut",
        parts, MAX(cutting.most, 1));
  return cutting.best;
}
