/* node-private: what node.c (making nodes) and node-packet.c (what they do with packets) share.
 * Nobody else includes it. */
#pragma once

#include "models/net/node.h"

/* A record, for those who listen, of what happens to a packet in this node; `direction` and
 * `reason` may be NULL. */
void node_tell(Node *node, NetPacketEvent event, const LinkDirection *direction,
               const Packet *packet, const char *reason);

static inline void
node_trace(Node *node, NetPacketEvent event, const LinkDirection *direction, const Packet *packet,
           const char *reason)
{
  if (net_traced(node->net, event))
    node_tell(node, event, direction, packet, reason);
}

/* Who handles `number`; NULL: nobody. */
NodeProtocol *node_protocol(Node *node, uint8_t number);
/* Has the sender of a packet told, if anybody does that here. */
SIM_RARE void node_report(Node *node, const Packet *packet, IcmpKind kind, uint32_t mtu);

/* Does it take time to handle what arrives? */
static inline bool
node_takes_time(const Node *node)
{
  return node->processing.mean != 0 || node->processing.spread != 0;
}

void node_packet_init(Node *node);  /* by node_new() only */
void node_packet_clear(Node *node); /* by node_free() only: what waits in it */
