/* route: which way out a packet takes.
 *
 * Routes are computed when the first packet needs one after a change (a new node or link, a link
 * cut or restored): least propagation delay, then fewest hops, or fewest hops alone; equal ways are
 * shared by a hash of the flow (addresses, protocol, ports, the run's seed). A host with one link,
 * to a router, leaves everything to that router. Hosts do not forward; links that are down are not
 * used; a delay that changes while the run goes on moves no route by itself. A static entry wins,
 * the longest prefix first, while its link is up.
 *
 * What is kept is small enough for a large network: a node with a single link is reached over its
 * neighbour and needs no table; the others ("core" nodes) carry one number for each core node that
 * anybody sends towards, filled on demand by a Dijkstra from there. */
#pragma once

#include "models/net/node.h"

/* The way out of `node` for a packet; NULL: none. */
LinkDirection *route_lookup(Node *node, const Packet *packet);
/* The same as far as it has been looked up: NULL may also mean that it has not. */
LinkDirection *route_at_hand(const Node *node, const Packet *packet);
/* The same by address, for node_mtu(). The flow hash is 0. */
LinkDirection *route_lookup_address(Node *node, NetAddressId destination);

/* Sends what goes to addresses within prefix/length over the link to `next_hop`, a neighbour. */
bool route_add_static(Node *node, const NetAddress *prefix, unsigned length, Node *next_hop,
                      GError **error);
/* What a best way is, in the whole network: fewest hops, or (false, at first) least delay. */
void route_set_by_hops(Net *net, bool by_hops);
/* Forgets what was computed, in the whole network. */
void route_invalidate(Net *net);
void route_free(Node *node); /* by node_free() only */
void route_clear(Net *net);  /* by net_free() only: what belongs to no node */
