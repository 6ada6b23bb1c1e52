/* node: a host or a router: addresses, interfaces, protocols and forwarding.
 *
 * A host hands what is addressed to it to the protocol that registered for it and drops the rest;
 * a router forwards the rest, counting down the TTL. What arrives may be handled later than it
 * arrives (processing), in order. A packet to one of the node's own addresses is looped back: it
 * arrives at the same time, in its own event. */
#pragma once

#include "models/net/icmp-kind.h"
#include "models/net/net.h"
#include "sim/lines.h"
#include "sim/rng.h"

typedef enum { NODE_HOST, NODE_ROUTER } NodeKind;

/* Takes ownership of the packet. `arrived_on` is NULL for loopback and after a processing delay. */
typedef void (*NodeReceiveFn)(void *self, Packet *packet, LinkDirection *arrived_on);

/* An ICMP error has arrived about a packet of this protocol that this node sent. */
typedef void (*NodeErrorFn)(void *self, const IcmpError *error);
/* The node could not deliver or forward `packet`, which it is about to drop: its sender should know
 * (`mtu`: of the next hop, with ICMP_TOO_BIG). */
typedef void (*NodeReportFn)(void *self, const Packet *packet, IcmpKind kind, uint32_t mtu);

typedef struct FragmentSet FragmentSet;

#define NODE_PROTOCOLS 4

typedef struct NodeProtocol {
  NodeReceiveFn receive; /* NULL: nobody; the packet is dropped, "no protocol" */
  NodeErrorFn error;     /* NULL: it does not want to know */
  void *self;
  uint8_t number; /* NET_PROTO_... */
} NodeProtocol;

/* How long a node takes before it handles what arrived. */
typedef struct NodeProcessing {
  enum {
    NODE_PROCESSING_CONSTANT,
    NODE_PROCESSING_UNIFORM,
    NODE_PROCESSING_EXPONENTIAL,
    NODE_PROCESSING_NORMAL,
    NODE_PROCESSING_PARETO
  } kind;
  SimTime mean;   /* CONSTANT: the value; UNIFORM: the lower end */
  SimTime spread; /* UNIFORM: the upper end; NORMAL: standard deviation */
  double shape;   /* PARETO */
} NodeProcessing;

/* Its first line of 64 bytes is all that a router needs for a packet, the next two with that what a
 * host needs: in a large network those are fetched from afar for each hop. */
struct Node {
  _Alignas(SIM_LINE) SimOwner owner;
  Net *net;                     /* borrowed */
  struct Route *routes;         /* route.h; owned */
  struct Middlebox *middlebox;  /* middlebox.h; owned; NULL: it only forwards */
  uint64_t received, forwarded; /* packets */
  NodeKind kind;
  bool queues; /* what arrives waits in `inbox`: `processing` is set, or something waits there */

  uint64_t packet_count;    /* created here; the low part of packet ids */
  SimTime path_mtu_expires; /* when the first of path_mtus is forgotten; SIM_TIME_NEVER: none */
  NodeProtocol protocols[NODE_PROTOCOLS]; /* a free place has no receiver */
  GArray *addresses;                      /* of NetAddressId; the first is the primary one */
  GPtrArray *directions; /* of LinkDirection, borrowed: those that leave this node */
  char *name;            /* owned; unique in the network */
  uint32_t index;        /* in net->nodes */
  NodeReportFn report;   /* models/icmp; NULL: senders are not told */
  void *report_self;
  struct FragmentSet *fragments; /* fragment.h; owned: what is not yet whole */
  GArray *path_mtus;             /* path-mtu.h; owned; NULL: nothing was learnt */
  NodeProcessing processing;
  SimRng processing_rng;
  SimEvent processed;              /* the head of `inbox` is ready */
  Packet *inbox_head, *inbox_tail; /* arrived, not yet handled; packet->time is when it will be */
  SimEvent looped;                 /* the head of `loopback` arrives */
  Packet *loopback_head, *loopback_tail;
  uint64_t looped_back; /* packets from this node to itself */
  uint64_t no_route;    /* packets */
};

/* A node called `name` with the next free IPv4 address. NULL and an error when the name is taken
 * or not usable: letters, digits, '_', '-', '.', at most 63 bytes ('>' and '#' mean other things
 * in rules). */
Node *node_new(Net *net, const char *name, NodeKind kind, GError **error);
void node_free(Node *node); /* by net_free() only */

/* "host", "router", or what it is besides: "nat". */
const char *node_kind_name(const Node *node);

/* Gives the node this address in place of the one it was given. */
bool node_set_address(Node *node, const NetAddress *address, GError **error);
/* The same with the next address of that family (4, 6) that is free. */
void node_set_family(Node *node, uint8_t family);
NetAddressId node_address(const Node *node); /* the primary one */
/* Its address of this family (4, 6); one more is given out when it has none: fd00::1, fd00::2 ...,
 * 10.0.0.1 ... */
NetAddressId node_address_of(Node *node, uint8_t family);
bool node_has_address(const Node *node, NetAddressId id);
void node_set_processing(Node *node, const NodeProcessing *processing);
/* At most NODE_PROTOCOLS at a time; NULL for `receive` makes room. */
void node_set_protocol(Node *node, uint8_t protocol, NodeReceiveFn receive, void *self);
/* For a protocol that is set: who is told of ICMP errors about its packets. */
void node_set_error(Node *node, uint8_t protocol, NodeErrorFn error);
/* Who tells senders that their packets were not delivered; NULL: nobody. */
void node_set_report(Node *node, NodeReportFn report, void *self);
/* For ICMP: hands an error to the protocol of the packet that it quotes. */
void node_error(Node *node, const IcmpError *error);

/* Routes and sends a packet that this node made. Takes ownership. False when there is no route:
 * the packet was dropped with that reason. */
bool node_send(Node *node, Packet *packet);

/* The MTU of the way out towards `destination`, and of the path as far as it is known (path-mtu.h);
 * 0: no route; UINT32_MAX: this node itself. */
uint32_t node_mtu(Node *node, NetAddressId destination);

/* For links: the packet's last bit is here. Takes ownership. */
void node_receive(Node *node, Packet *packet, LinkDirection *arrived_on);
/* Drops a packet at this node with a trace record, and frees it. */
SIM_RARE void node_drop(Node *node, Packet *packet, const char *reason);
/* The same, and its sender is told (RFC 1122 3.2.2, RFC 1812 4.3). */
SIM_RARE void node_refuse(Node *node, Packet *packet, IcmpKind kind, const char *reason);
/* The record alone: whoever owns the packet frees it. */
SIM_RARE void node_tell_drop(Node *node, const Packet *packet, const char *reason);
