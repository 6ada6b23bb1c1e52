/* route-core: the ways of every core node towards one of them, by Dijkstra from the destination.
 *
 * Costs are pairs (delay, hops) in lexicographic order; every way of a set leads to a node of
 * strictly lower cost, so that links without delay make no loop. */
#include "models/net/route-private.h"

#include <string.h>

/* Numbering. */

static void
number_nodes(RouteCore *core, const Net *net)
{
  for (unsigned i = 0; i < net->nodes->len; i++) {
    Node *node = g_ptr_array_index(net->nodes, i);
    Route *route = route_of(node);
    route->core = ROUTE_NOT_CORE;
    if (node->directions->len < 2)
      continue;
    route->core = core->nodes->len;
    route->sets = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(route->sets, NULL);
    g_ptr_array_add(core->nodes, node);
  }
}

/* By hops alone every delay is the same. */
static SimTime
delay_if_up(const LinkDirection *direction)
{
  if (!direction->up)
    return SIM_TIME_NEVER;
  return direction->link->net->routes_by_hops ? 0 : direction->delay;
}

/* Appends the edges of `node`; `count` of all there are already. */
static uint32_t
note_edges(RouteEdge *edges, uint32_t count, const Node *node)
{
  for (unsigned i = 0; i < node->directions->len; i++) {
    LinkDirection *out = route_way(node, i);
    uint32_t to = out->to->routes->core;
    if (to == ROUTE_NOT_CORE)
      continue;
    edges[count++] = (RouteEdge){
        .out = out,
        .out_delay = delay_if_up(out),
        .in_delay = delay_if_up(route_reverse(out)),
        .to = to,
    };
  }
  return count;
}

RouteCore *
route_core_new(Net *net)
{
  RouteCore *core = g_new0(RouteCore, 1);
  core->nodes = g_ptr_array_new();
  core->ways = g_ptr_array_new();
  number_nodes(core, net);
  unsigned nodes = core->nodes->len;
  core->costs = g_new(RouteCost, nodes);
  core->forwards = g_new(bool, nodes);
  core->first = g_new(uint32_t, nodes + 1);
  core->edges = g_new(RouteEdge, 2 * net->links->len);
  uint32_t count = 0;
  for (unsigned i = 0; i < nodes; i++) {
    const Node *node = g_ptr_array_index(core->nodes, i);
    core->first[i] = count;
    core->forwards[i] = node->kind == NODE_ROUTER;
    count = note_edges(core->edges, count, node);
  }
  core->first[nodes] = count;
  core->edges = g_renew(RouteEdge, core->edges, count);
  return core;
}

void
route_core_free(RouteCore *core)
{
  g_ptr_array_unref(core->nodes);
  g_ptr_array_unref(core->ways);
  g_free(core->edges);
  g_free(core->first);
  g_free(core->forwards);
  g_free(core->costs);
  g_free(core->heap);
  g_free(core);
}

/* Dijkstra from the destination. */

static bool
cost_less(RouteCost a, RouteCost b)
{
  return a.delay != b.delay ? a.delay < b.delay : a.hops < b.hops;
}

static bool
entry_less(const RouteEntry *a, const RouteEntry *b)
{
  if (cost_less(a->cost, b->cost))
    return true;
  return !cost_less(b->cost, a->cost) && a->core < b->core;
}

static void
heap_push(RouteCore *core, RouteEntry entry)
{
  if (core->heap_count == core->heap_capacity) {
    core->heap_capacity = MAX(64, core->heap_capacity * 2);
    core->heap = g_renew(RouteEntry, core->heap, core->heap_capacity);
  }
  uint32_t i = core->heap_count++;
  while (i > 0 && entry_less(&entry, &core->heap[(i - 1) / 2])) {
    core->heap[i] = core->heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  core->heap[i] = entry;
}

static RouteEntry
heap_pop(RouteCore *core)
{
  RouteEntry top = core->heap[0];
  RouteEntry moved = core->heap[--core->heap_count];
  uint32_t i = 0;
  for (;;) {
    uint32_t child = 2 * i + 1;
    if (child >= core->heap_count)
      break;
    if (child + 1 < core->heap_count && entry_less(&core->heap[child + 1], &core->heap[child]))
      child++;
    if (!entry_less(&core->heap[child], &moved))
      break;
    core->heap[i] = core->heap[child];
    i = child;
  }
  core->heap[i] = moved;
  return top;
}

/* `delay` may be SIM_TIME_NEVER: then so is the sum. */
static RouteCost
cost_over(RouteCost cost, SimTime delay)
{
  bool in_range = cost.delay <= SIM_TIME_NEVER - delay;
  return (RouteCost){in_range ? cost.delay + delay : SIM_TIME_NEVER, cost.hops + 1};
}

/* Offers a way over node `number` to those who can send to it. */
static void
relax(RouteCore *core, uint32_t number, RouteCost cost)
{
  for (uint32_t i = core->first[number]; i < core->first[number + 1]; i++) {
    const RouteEdge *edge = &core->edges[i];
    RouteCost offered = cost_over(cost, edge->in_delay);
    if (offered.delay == SIM_TIME_NEVER || !cost_less(offered, core->costs[edge->to]))
      continue;
    core->costs[edge->to] = offered;
    heap_push(core, (RouteEntry){offered, edge->to});
  }
}

static void
dijkstra(RouteCore *core, uint32_t root)
{
  for (unsigned i = 0; i < core->nodes->len; i++)
    core->costs[i] = (RouteCost){SIM_TIME_NEVER, 0};
  core->costs[root] = (RouteCost){0, 0};
  heap_push(core, (RouteEntry){{0, 0}, root});
  while (core->heap_count > 0) {
    RouteEntry entry = heap_pop(core);
    if (cost_less(core->costs[entry.core], entry.cost))
      continue;
    if (entry.core == root || core->forwards[entry.core])
      relax(core, entry.core, entry.cost);
  }
}

/* The number of the set of `node` that is core->ways; a new one when it is not known. */
static uint32_t
set_number(Route *route, const GPtrArray *ways)
{
  size_t size = ways->len * sizeof(LinkDirection *);
  for (uint32_t i = 1; i < route->sets->len; i++) {
    const RouteWays *known = g_ptr_array_index(route->sets, i);
    if (known->count == ways->len && memcmp(known->ways, ways->pdata, size) == 0)
      return i;
  }
  RouteWays *set = g_malloc(sizeof(RouteWays) + size);
  set->count = ways->len;
  memcpy(set->ways, ways->pdata, size);
  g_ptr_array_add(route->sets, set);
  return route->sets->len - 1;
}

/* The set of ways from node `number` that lie on a best path to `root`. */
static uint32_t
collect(RouteCore *core, uint32_t number, uint32_t root)
{
  RouteCost cost = core->costs[number];
  if (number == root || cost.delay == SIM_TIME_NEVER)
    return ROUTE_NO_SET;
  g_ptr_array_set_size(core->ways, 0);
  for (uint32_t i = core->first[number]; i < core->first[number + 1]; i++) {
    const RouteEdge *edge = &core->edges[i];
    RouteCost over = cost_over(core->costs[edge->to], edge->out_delay);
    bool goes_on = edge->to == root || core->forwards[edge->to];
    if (goes_on && over.delay == cost.delay && over.hops == cost.hops)
      g_ptr_array_add(core->ways, edge->out);
  }
  const Node *node = g_ptr_array_index(core->nodes, number);
  return set_number(node->routes, core->ways);
}

void
route_core_compute(Net *net, Node *root)
{
  RouteCore *core = net->core;
  uint32_t start = root->routes->core;
  dijkstra(core, start);
  root->routes->toward = g_new(uint32_t, core->nodes->len);
  for (uint32_t i = 0; i < core->nodes->len; i++)
    root->routes->toward[i] = collect(core, i, start);
}
