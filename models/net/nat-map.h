/* nat-map: what a NAT remembers: which port of its own stands for which end inside.
 *
 * A mapping gives an end inside (address and port) a port of the box. It is made by a packet from
 * inside and lives as long as one of its flows, which flow-track.c follows; one that is over is
 * found no more, without an event of its own. RFC 4787 has two choices: which packets share a
 * mapping, and which that come from outside may use it. */
#pragma once

#include "models/net/flow-track.h"
#include "models/net/node.h"

#define NAT_PROTOCOLS 3 /* with ports: TCP, UDP, ICMP's echoes */

/* RFC 4787 4.1, 5: how much of the other end decides. */
typedef enum { NAT_BY_NOTHING, NAT_BY_ADDRESS, NAT_BY_ADDRESS_AND_PORT } NatDependence;

typedef struct NatMapping {
  FlowEnd inside;
  FlowEnd remote; /* as far as `mapping` depends on it; else zeros */
  uint8_t protocol;
  bool fixed;    /* a port forwarding: stays, and lets everybody in */
  bool pinned;   /* it is being looked at: not to be freed */
  uint16_t port; /* of the box */
  Flow *flows;   /* by `sibling` */
} NatMapping;

/* The ports of one protocol, once a search for a free one took long. */
typedef struct NatPorts NatPorts;

typedef struct NatMap {
  int mapping, filtering; /* NatDependence */
  int64_t first_port, last_port;
  bool keep_port;
  FlowTimes times;
  uint64_t mappings, most_mappings, made; /* now, at one time, altogether; fixed ones too */

  Node *node; /* borrowed: the box, whose address it is */
  FlowTrack track;
  GHashTable *by_inside;               /* of NatMapping (the key, owned); look-up only */
  NatMapping **by_port[NAT_PROTOCOLS]; /* owned, by port; NULL: none yet */
  uint32_t taken[NAT_PROTOCOLS];       /* ports from first_port to last_port that are in use */
  uint16_t next_port[NAT_PROTOCOLS];
  NatPorts *ports[NAT_PROTOCOLS]; /* owned; NULL: not yet needed */
} NatMap;

void nat_map_init(NatMap *map, Node *node);
void nat_map_clear(NatMap *map);

bool nat_map_has_ports(uint8_t protocol);
/* The one at this port of the box; NULL: none. */
NatMapping *nat_map_at(NatMap *map, uint8_t protocol, uint16_t port);
/* The same without asking whether it is over: for who then finds a flow of it, which is not. */
NatMapping *nat_map_peek(const NatMap *map, uint8_t protocol, uint16_t port);
/* The one that a flow from inside (ends[0]) uses; NULL: no port is left. */
NatMapping *nat_map_for(NatMap *map, uint8_t protocol, const FlowEnd ends[2]);
/* A fixed one for that end, at a port. NULL and an error: one of the two has another already. */
NatMapping *nat_map_fix(NatMap *map, uint8_t protocol, FlowEnd inside, uint16_t port,
                        GError **error);
/* One more flow of it. */
Flow *nat_map_add_flow(NatMap *map, NatMapping *mapping, const FlowEnd ends[2]);
/* RFC 4787 5: may this end outside use it? */
bool nat_map_lets_in(const NatMap *map, const NatMapping *mapping, FlowEnd from);
/* As the world outside sees it. */
FlowEnd nat_map_outside(const NatMap *map, const NatMapping *mapping);
