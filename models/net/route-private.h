/* route-private: what route.c (look-up), route-core.c (computing) and route-static.c share. Nobody
 * else includes it. */
#pragma once

#include "models/net/link.h"
#include "models/net/route.h"
#include "sim/lines.h"

#define ROUTE_NOT_CORE UINT32_MAX
#define ROUTE_NO_SET 0

typedef struct RouteWays {
  uint32_t count;
  LinkDirection *ways[]; /* borrowed, in order of creation */
} RouteWays;

typedef struct RouteStatic {
  NetAddress prefix;
  unsigned length; /* leading bits of prefix that must agree */
  Node *next_hop;  /* borrowed, a neighbour */
} RouteStatic;

/* Where packets to a destination went lately, where that way serves every flow. */
typedef struct RouteRecent {
  NetAddressId destination; /* NET_ADDRESS_NONE: none */
  LinkDirection *way;       /* NULL: there is none */
} RouteRecent;

/* Where a flow went lately that shares equal ways with others. */
typedef struct RouteFlow {
  NetAddressId destination; /* NET_ADDRESS_NONE: none */
  NetAddressId source;
  uint32_t ports; /* source << 16 | destination; 0 where there are none */
  uint8_t protocol;
  LinkDirection *way;
} RouteFlow;

/* What a node remembers of either kind: a table with one place for each. */
typedef struct RouteMemory {
  void *places;  /* owned; NULL: none yet */
  uint32_t mask; /* places - 1, a power of two less one */
  uint32_t lost; /* so many were pushed out since it was made */
} RouteMemory;

/* `only` is a host's one way out, whatever the destination; NULL: there is a choice. */
typedef struct Route {
  _Alignas(SIM_LINE) LinkDirection *only;
  RouteMemory recent; /* of RouteRecent */
  RouteMemory flows;  /* of RouteFlow */
  GArray *statics;    /* of RouteStatic, longest prefix first; NULL: none */
  uint32_t core;      /* number among the core nodes; ROUTE_NOT_CORE for a leaf */
  GPtrArray *sets;    /* of RouteWays, owned; 0 (ROUTE_NO_SET) is unused; NULL: none yet */
  uint32_t *toward;   /* owned, by core number: its set towards here; NULL: not computed */
} Route;

typedef struct RouteCost {
  SimTime delay; /* SIM_TIME_NEVER: not reached */
  uint32_t hops;
} RouteCost;

typedef struct RouteEntry {
  RouteCost cost;
  uint32_t core;
} RouteEntry;

/* A link between two core nodes, as one of them sees it, at the time of numbering. */
typedef struct RouteEdge {
  LinkDirection *out;          /* borrowed */
  SimTime out_delay, in_delay; /* of either direction; SIM_TIME_NEVER: it is down */
  uint32_t to;                 /* core number of the other end */
} RouteEdge;

/* The core nodes and what joins them, and room for one Dijkstra. */
typedef struct RouteCore {
  GPtrArray *nodes; /* of Node, borrowed, by core number */
  RouteEdge *edges; /* owned; those of a node together, in order of creation */
  uint32_t *first;  /* owned; node i has edges[first[i]] to edges[first[i + 1] - 1] */
  bool *forwards;   /* owned, by core number: a router */
  RouteCost *costs; /* owned, by core number */
  RouteEntry *heap; /* owned; entries that were improved later stay and are skipped */
  uint32_t heap_count, heap_capacity;
  GPtrArray *ways; /* of LinkDirection: the set that is being collected */
} RouteCore;

static inline LinkDirection *
route_reverse(LinkDirection *direction)
{
  Link *link = direction->link;
  return direction == &link->forward ? &link->backward : &link->forward;
}

static inline LinkDirection *
route_way(const Node *node, unsigned index)
{
  return g_ptr_array_index(node->directions, index);
}

static inline Route *
route_of(Node *node)
{
  if (node->routes == NULL)
    node->routes = sim_lines_alloc_zero(sizeof *node->routes);
  return node->routes;
}

/* Numbers the core nodes of the network (route->core) and notes the links between them. */
RouteCore *route_core_new(Net *net);
void route_core_free(RouteCore *core);
/* Fills root->routes->toward. `root` is a core node. */
void route_core_compute(Net *net, Node *root);
/* The way of the entry that fits, whose link is up; NULL: none. */
LinkDirection *route_static_way(const Node *node, NetAddressId destination);
