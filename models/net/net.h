/* net: one simulated network: its nodes, links and addresses, and what they tell.
 *
 * Owns everything: nodes and links are freed in reverse order of creation by net_free(), which
 * asserts that every packet was delivered or dropped. */
#pragma once

#include <glib.h>

#include "models/net/address.h"
#include "models/net/packet.h"
#include "sim/sim.h"
#include "sim/slab.h"

typedef struct Net Net;
typedef struct Node Node;
typedef struct Link Link;
typedef struct LinkDirection LinkDirection;

struct Net {
  Sim *sim;                 /* borrowed */
  GPtrArray *nodes;         /* of Node, owned, in order of creation */
  GPtrArray *links;         /* of Link, owned, in order of creation */
  GArray *addresses;        /* of NetAddress; index is NetAddressId; 0 unused */
  GPtrArray *address_nodes; /* of Node, borrowed: who has address i; NULL: nobody */
  GHashTable *address_ids;  /* NetAddress -> id; look-up only */
  GHashTable *node_names;   /* name -> Node; look-up only */
  GHashTable *link_names;   /* name -> Link; look-up only */
  SimSlab packets, exts;
  bool routes_by_hops;    /* fewest hops, whatever their delays; set with route_set_by_hops() */
  bool routes_valid;      /* cleared by a new node or link, a link going down, a static route */
  uint32_t mtu_epoch;     /* goes up when node_mtu() of any node may have changed */
  struct RouteCore *core; /* route.h; owned; NULL before the first route */
  uint32_t next_ipv4;     /* the host part of the next address given out, from 10.0.0.1 */
  uint32_t next_ipv6;     /* the same, from fd00::1 */
  struct NetPart *part;   /* part.h; borrowed; NULL: all nodes are run here */
};

Net *net_new(Sim *sim);
void net_free(Net *net);

/* The id of `address`, a new one when it was never named. */
NetAddressId net_address_id(Net *net, const NetAddress *address);
const NetAddress *net_address(const Net *net, NetAddressId id);
Node *net_address_node(const Net *net, NetAddressId id); /* NULL: nobody has it */
Node *net_node(const Net *net, const char *name);        /* NULL: no such node */
Link *net_link(const Net *net, const char *name);        /* "client-server", "a-b.2", or
                                                            a direction's "a>b"; or NULL */

/* What happened to a packet (NET_TRACE_PACKET). */
typedef enum {
  NET_PACKET_SEND,      /* handed to the link by a node */
  NET_PACKET_TRANSMIT,  /* its first bit leaves */
  NET_PACKET_RECEIVE,   /* its last bit has arrived and the node has it */
  NET_PACKET_DROP,      /* lost; see reason */
  NET_PACKET_MARK,      /* congestion experienced was set */
  NET_PACKET_DUPLICATE, /* a link made this copy; see original */
} NetPacketEvent;

typedef struct NetPacketRecord {
  SimTime time;
  NetPacketEvent event;
  const Node *node;               /* where it happens: the sender or receiver of this hop */
  const LinkDirection *direction; /* NULL: within a node (loopback, no route, checksum) */
  const Packet *packet;
  const char *reason; /* of a drop, mark or copy: "rule SYN#1", "loss model", "queue full",
                         "checksum", "TTL", "no route", "link down"; NULL otherwise */
  uint64_t original;  /* DUPLICATE: the packet it is a copy of */
  bool on_wire;       /* DROP: its first bit had left */
} NetPacketRecord;

/* The points at which an event is told. */
static inline uint32_t
net_trace_points(NetPacketEvent event)
{
  if (event == NET_PACKET_DROP)
    return SIM_TRACE_BIT(NET_TRACE_PACKET) | SIM_TRACE_BIT(NET_TRACE_HOP) |
           SIM_TRACE_BIT(NET_TRACE_DROP);
  if (event == NET_PACKET_SEND || event == NET_PACKET_RECEIVE)
    return SIM_TRACE_BIT(NET_TRACE_PACKET) | SIM_TRACE_BIT(NET_TRACE_HOP);
  return SIM_TRACE_BIT(NET_TRACE_PACKET);
}

/* Whether anybody listens to this. */
static inline bool
net_traced(const Net *net, NetPacketEvent event)
{
  return sim_traced_any(net->sim, net_trace_points(event));
}
/* Tells those who listen. Call it under net_traced(), with a record that is built there. */
void net_trace(const Net *net, const NetPacketRecord *record);

/* Something worth a line on the timeline that is no packet (NET_TRACE_NOTE). */
typedef struct NetNoteRecord {
  SimTime time;
  const char *event; /* "call" or "note", as in the timeline */
  const Node *node;  /* NULL: the scenario */
  const char *conn;  /* connection's name, NULL: none */
  const char *text;
} NetNoteRecord;
