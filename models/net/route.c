/* route: shortest paths, on demand, in a compact form.
 *
 * A core node has two links or more. Towards a core node T every core node has a set of equally
 * good ways out; the sets of a node are few, so each is kept once (Route.sets) and T keeps, for
 * each core node, the number of its set (Route.toward). A node with one link ("leaf") is reached
 * over its neighbour's table. A host with one link to a router sends everything there, as by a
 * default route; a router with one link sends into it what the neighbour knows a way for. Where
 * packets went is remembered, by destination or, where equal ways are shared, by flow, in tables
 * that grow while they forget what is still asked for. */
#include "models/net/route.h"

#include <stdlib.h>

#include "models/net/route-private.h"

#define PLACES_FIRST 4
#define PLACES_MOST (1u << 16)

static LinkDirection *way_find(Node *node, NetAddressId destination, const Packet *packet);

/* Making and forgetting. */

static void
memory_free(RouteMemory *memory)
{
  g_free(memory->places);
  *memory = (RouteMemory){0};
}

/* Makes room for something whose place is `taken` by something else, or not: where too much was
 * forgotten for others the table becomes larger, and empty. */
static SIM_RARE void
memory_grow(RouteMemory *memory, bool taken, size_t size)
{
  uint32_t places = memory->mask + 1;
  if (memory->places == NULL)
    places = PLACES_FIRST;
  else if (!taken || ++memory->lost < 2 * places || places >= PLACES_MOST)
    return;
  else
    places *= 4;
  g_free(memory->places);
  *memory = (RouteMemory){.places = g_malloc0(places * size), .mask = places - 1};
}

static void
computed_free(Route *route)
{
  g_free(route->toward);
  route->toward = NULL;
  if (route->sets != NULL)
    g_ptr_array_unref(route->sets);
  route->sets = NULL;
  memory_free(&route->recent);
  memory_free(&route->flows);
  route->only = NULL;
}

void
route_free(Node *node)
{
  Route *route = node->routes;
  if (route == NULL)
    return;
  computed_free(route);
  if (route->statics != NULL)
    g_array_unref(route->statics);
  free(route);
  node->routes = NULL;
}

void
route_clear(Net *net)
{
  if (net->core != NULL)
    route_core_free(net->core);
  net->core = NULL;
}

void
route_invalidate(Net *net)
{
  net->routes_valid = false;
  net->mtu_epoch++;
}

void
route_set_by_hops(Net *net, bool by_hops)
{
  net->routes_by_hops = by_hops;
  route_invalidate(net);
}

/* A host with one link, to a router, which says when it knows no way. */
static bool
has_default_route(const Node *node)
{
  return node->kind == NODE_HOST && node->directions->len == 1 &&
         route_way(node, 0)->to->kind == NODE_ROUTER;
}

/* Forgets every table. */
static SIM_RARE void
begin_afresh(Net *net)
{
  route_clear(net);
  for (unsigned i = 0; i < net->nodes->len; i++) {
    const Node *node = g_ptr_array_index(net->nodes, i);
    Route *route = route_of(g_ptr_array_index(net->nodes, i));
    computed_free(route);
    if (route->statics == NULL && has_default_route(node) && route_way(node, 0)->up)
      route->only = route_way(node, 0);
  }
  net->core = route_core_new(net);
  net->routes_valid = true;
}

/* Look-up. */

static uint32_t
ports_of(const Packet *packet)
{
  G_STATIC_ASSERT(offsetof(TcpHeader, source_port) == offsetof(UdpHeader, source_port));
  if (packet->protocol != NET_PROTO_TCP && packet->protocol != NET_PROTO_UDP)
    return 0;
  return (uint32_t)packet->tcp.source_port << 16 | packet->tcp.destination_port;
}

/* Flows keep their way; each node of each run shares them out afresh. */
static uint32_t
flow_choice(const Node *node, const Packet *packet, uint32_t count)
{
  if (packet == NULL)
    return 0;
  uint64_t addresses = (uint64_t)packet->source << 32 | packet->destination;
  uint64_t rest = (uint64_t)packet->protocol << 32 | ports_of(packet);
  uint64_t key = node->net->sim->seed ^ (uint64_t)node->owner.id << 32;
  uint64_t hash = sim_rng_mix(key, addresses, rest);
  return (hash >> 32) * count >> 32;
}

static LinkDirection *
way_of_core(Node *node, Node *root, const Packet *packet, bool *shared)
{
  if (root->routes->toward == NULL)
    route_core_compute(node->net, root);
  uint32_t number = root->routes->toward[node->routes->core];
  if (number == ROUTE_NO_SET)
    return NULL;
  const RouteWays *set = g_ptr_array_index(node->routes->sets, number);
  *shared = set->count > 1;
  return set->ways[*shared ? flow_choice(node, packet, set->count) : 0];
}

static bool
is_core_router(const Node *node)
{
  return node->kind == NODE_ROUTER && node->routes->core != ROUTE_NOT_CORE;
}

/* The computed way; `shared` when it depends on the flow. */
static LinkDirection *
way_computed(Node *node, NetAddressId destination, const Packet *packet, bool *shared)
{
  Node *target = net_address_node(node->net, destination);
  if (node->directions->len == 0)
    return NULL;
  if (has_default_route(node))
    return route_way(node, 0)->up ? route_way(node, 0) : NULL;
  Node *root = target;
  if (target != NULL && target->routes->core == ROUTE_NOT_CORE) {
    if (target->directions->len == 0)
      return NULL;
    LinkDirection *last = route_reverse(route_way(target, 0));
    if (!last->up)
      return NULL;
    if (last->from == node)
      return last;
    if (!is_core_router(last->from))
      return NULL;
    root = last->from;
  }
  if (node->routes->core == ROUTE_NOT_CORE) {
    LinkDirection *only = route_way(node, 0);
    if (!only->up)
      return NULL;
    if (only->to == target)
      return only;
    return is_core_router(only->to) && way_find(only->to, destination, NULL) ? only : NULL;
  }
  return root != NULL ? way_of_core(node, root, packet, shared) : NULL;
}

static RouteRecent *
recent_of(Route *route, NetAddressId destination)
{
  return (RouteRecent *)route->recent.places + (destination & route->recent.mask);
}

static void
remember(Route *route, NetAddressId destination, LinkDirection *way)
{
  bool taken = route->recent.places != NULL &&
               recent_of(route, destination)->destination != NET_ADDRESS_NONE;
  memory_grow(&route->recent, taken, sizeof(RouteRecent));
  *recent_of(route, destination) = (RouteRecent){destination, way};
}

static RouteFlow *
flow_of(Route *route, const Packet *packet)
{
  uint64_t ends = (uint64_t)packet->source << 32 | packet->destination;
  uint64_t hash = (ends ^ ports_of(packet)) * UINT64_C(0x9E3779B97F4A7C15);
  return (RouteFlow *)route->flows.places + (hash >> 40 & route->flows.mask);
}

static bool
is_of(const RouteFlow *flow, const Packet *packet)
{
  return flow->destination == packet->destination && flow->source == packet->source &&
         flow->ports == ports_of(packet) && flow->protocol == packet->protocol;
}

static void
remember_flow(Route *route, const Packet *packet, LinkDirection *way)
{
  bool taken =
      route->flows.places != NULL && flow_of(route, packet)->destination != NET_ADDRESS_NONE;
  memory_grow(&route->flows, taken, sizeof(RouteFlow));
  *flow_of(route, packet) =
      (RouteFlow){packet->destination, packet->source, ports_of(packet), packet->protocol, way};
}

static LinkDirection *
way_find(Node *node, NetAddressId destination, const Packet *packet)
{
  LinkDirection *found = route_static_way(node, destination);
  bool shared = false;
  if (found == NULL)
    found = way_computed(node, destination, packet, &shared);
  if (!shared)
    remember(node->routes, destination, found);
  else if (packet != NULL)
    remember_flow(node->routes, packet, found);
  return found;
}

/* The way that all packets take, or those to there of late, or, with a packet, those of its flow.
 */
static inline LinkDirection *
way_at_hand(const Node *node, NetAddressId destination, const Packet *packet)
{
  Route *route = node->routes;
  if (route->only != NULL)
    return route->only;
  if (route->recent.places != NULL) {
    const RouteRecent *recent = recent_of(route, destination);
    if (recent->destination == destination)
      return recent->way;
  }
  if (packet != NULL && route->flows.places != NULL) {
    const RouteFlow *flow = flow_of(route, packet);
    if (is_of(flow, packet))
      return flow->way;
  }
  return NULL;
}

SIM_HOT LinkDirection *
route_at_hand(const Node *node, const Packet *packet)
{
  return node->net->routes_valid ? way_at_hand(node, packet->destination, packet) : NULL;
}

static LinkDirection *
way(Node *node, NetAddressId destination, const Packet *packet)
{
  if (!node->net->routes_valid)
    begin_afresh(node->net);
  LinkDirection *found = way_at_hand(node, destination, packet);
  return found != NULL ? found : way_find(node, destination, packet);
}

LinkDirection *
route_lookup(Node *node, const Packet *packet)
{
  return way(node, packet->destination, packet);
}

LinkDirection *
route_lookup_address(Node *node, NetAddressId destination)
{
  return way(node, destination, NULL);
}
