/* node-packet: what a node does with a packet that it makes or that arrives.
 *
 * The life of a packet in a node: node_receive() takes it from a link; a middlebox looks at it
 * first; with a processing delay it waits in `inbox`, first in first out, each ready at the later
 * of (the one ahead is ready) and (its arrival plus its own draw), then handle() decides: local
 * delivery, forwarding, or a drop. node_send() is the way out, for packets made here; what a node
 * sends to itself stands in `loopback` until its own event at the same time.
 *
 * A damaged packet is found where its transport checksum is looked at, that is at its destination;
 * a router checks the IP header only, which damage on our links spares.
 * Supported standards: RFC 1812 5.2.7, 5.3.1 (what is told, TTL). */
#include "models/net/fragment.h"
#include "models/net/link.h"
#include "models/net/middlebox.h"
#include "models/net/node-private.h"
#include "models/net/path-mtu.h"
#include "models/net/route.h"

static SIM_HOT void
deliver(Node *node, Packet *packet, LinkDirection *arrived_on)
{
  if (G_UNLIKELY(packet->fragment != 0) && (packet = fragment_take(node, packet)) == NULL)
    return;
  const NodeProtocol *protocol = node_protocol(node, packet->protocol);
  if (G_UNLIKELY(packet->marks & PACKET_CORRUPT))
    node_drop(node, packet, "checksum");
  else if (G_UNLIKELY(protocol == NULL))
    node_refuse(node, packet, ICMP_PROTOCOL_UNREACHABLE, "no protocol");
  else
    protocol->receive(protocol->self, packet, arrived_on);
}

/* Is the node one hop away, were the link up? */
static bool
is_neighbour(const Node *node, const Node *other)
{
  for (guint i = 0; i < node->directions->len; i++) {
    const LinkDirection *direction = g_ptr_array_index(node->directions, i);
    if (direction->to == other)
      return true;
  }
  return false;
}

/* RFC 1812 5.2.7.1: code 0 when there is no route at all, code 1 when "the router ... cannot
 * forward it to the destination host" although its network is there. */
static SIM_RARE void
refuse_unreachable(Node *node, Packet *packet)
{
  const Node *target = net_address_node(node->net, packet->destination);
  bool here = target != NULL && is_neighbour(node, target);
  node->no_route++;
  node_refuse(node, packet, here ? ICMP_HOST_UNREACHABLE : ICMP_NET_UNREACHABLE, "no route");
}

/* What does not fit the way out is cut, or dropped there, and then its sender learns what would fit
 * (RFC 1191 4); the message quotes the packet as it arrived. IPv6 cuts at the source only (RFC 8200
 * 4.5). `hop`: 1 where it is forwarded. */
static SIM_RARE void
send_out_slowly(Node *node, LinkDirection *direction, Packet *packet, uint32_t mtu, uint8_t hop)
{
  bool too_big = packet_size(packet) > mtu;
  bool whole = packet->marks & PACKET_DONT_FRAGMENT || (packet->family == 6 && hop > 0);
  if (too_big && whole)
    node_report(node, packet, ICMP_TOO_BIG, mtu);
  packet->ttl -= hop;
  if (node->middlebox != NULL &&
      (packet = middlebox_leave(node->middlebox, packet, direction)) == NULL)
    return;
  if (!too_big || whole) {
    link_send(direction, packet);
    return;
  }
  Packet *piece = fragment_cut(node, packet, mtu);
  for (Packet *next; piece != NULL; piece = next) {
    next = piece->next;
    piece->next = NULL;
    link_send(direction, piece);
  }
}

/* RFC 1812 5.3.1: "If the TTL is reduced to zero (or less), the packet MUST be discarded". */
static G_GNUC_NO_INLINE void
forward_slowly(Node *node, Packet *packet)
{
  if (packet->ttl <= 1) {
    node_refuse(node, packet, ICMP_TTL_EXCEEDED, "TTL");
    return;
  }
  LinkDirection *direction = route_lookup(node, packet);
  if (direction == NULL) {
    refuse_unreachable(node, packet);
    return;
  }
  node->forwarded++;
  send_out_slowly(node, direction, packet, direction->mtu, 1);
}

/* Can it go out as it is, the way being known? What is called then is called last, so that nothing
 * has to be kept on the stack meanwhile. */
static inline bool
goes_out(const Node *node, const LinkDirection *direction, uint32_t size)
{
  return direction != NULL && size <= direction->mtu && node->middlebox == NULL;
}

static SIM_HOT void
forward(Node *node, Packet *packet)
{
  LinkDirection *direction = route_at_hand(node, packet);
  uint32_t size = packet_size(packet);
  if (G_UNLIKELY(packet->ttl <= 1 || !goes_out(node, direction, size))) {
    forward_slowly(node, packet);
    return;
  }
  node->forwarded++;
  packet->ttl--;
  link_send_sized(direction, packet, size);
}

/* What the node does with a packet once it has the time. */
static inline void
handle(Node *node, Packet *packet, LinkDirection *arrived_on)
{
  if (node_has_address(node, packet->destination))
    deliver(node, packet, arrived_on);
  else if (node->kind == NODE_ROUTER)
    forward(node, packet);
  else
    node_drop(node, packet, "not for this host");
}

static SimTime
processing_draw(Node *node)
{
  const NodeProcessing *processing = &node->processing;
  double mean = sim_time_to_seconds(processing->mean);
  double spread = sim_time_to_seconds(processing->spread);
  double value = 0;
  switch (processing->kind) {
  case NODE_PROCESSING_CONSTANT:
    return processing->mean;
  case NODE_PROCESSING_UNIFORM:
    value = mean + (spread - mean) * sim_rng_uniform(&node->processing_rng);
    break;
  case NODE_PROCESSING_EXPONENTIAL:
    value = sim_rng_exponential(&node->processing_rng, mean);
    break;
  case NODE_PROCESSING_NORMAL:
    value = sim_rng_normal(&node->processing_rng, mean, spread);
    break;
  case NODE_PROCESSING_PARETO:
    value = sim_rng_pareto(&node->processing_rng, mean, processing->shape);
    break;
  }
  return value > 0 ? sim_time_from_seconds(value) : 0;
}

/* Puts the packet in the inbox, where only its fields are kept: the direction is forgotten. */
static SIM_RARE void
inbox_add(Node *node, Packet *packet)
{
  Sim *sim = node->net->sim;
  packet->time = sim_time_add(sim_now(sim), processing_draw(node));
  packet->next = NULL;
  if (node->inbox_tail == NULL) {
    node->inbox_head = node->inbox_tail = packet;
    sim_schedule(sim, &node->processed, packet->time, SIM_DELIVERY, &node->owner);
    return;
  }
  packet->time = MAX(packet->time, node->inbox_tail->time);
  node->inbox_tail->next = packet;
  node->inbox_tail = packet;
}

static void
on_processed(Sim *sim, SimEvent *event)
{
  Node *node = sim_container(event, Node, processed);
  Packet *packet = node->inbox_head;
  node->inbox_head = packet->next;
  packet->next = NULL;
  if (node->inbox_head == NULL) {
    node->inbox_tail = NULL;
    node->queues = node_takes_time(node);
  } else
    sim_schedule(sim, event, node->inbox_head->time, SIM_DELIVERY, &node->owner);
  handle(node, packet, NULL);
}

SIM_HOT void
node_receive(Node *node, Packet *packet, LinkDirection *arrived_on)
{
  node->received++;
  node_trace(node, NET_PACKET_RECEIVE, arrived_on, packet, NULL);
  if (G_UNLIKELY(node->middlebox != NULL) &&
      (packet = middlebox_arrive(node->middlebox, packet, arrived_on)) == NULL)
    return;
  if (G_LIKELY(!node->queues))
    handle(node, packet, arrived_on);
  else
    inbox_add(node, packet);
}

static SIM_RARE void
loopback_add(Node *node, Packet *packet)
{
  Sim *sim = node->net->sim;
  node->looped_back++;
  node_trace(node, NET_PACKET_SEND, NULL, packet, NULL);
  packet->time = sim_now(sim);
  packet->next = NULL;
  if (node->loopback_tail == NULL) {
    node->loopback_head = packet;
    sim_schedule(sim, &node->looped, packet->time, SIM_DELIVERY, &node->owner);
  } else {
    node->loopback_tail->next = packet;
  }
  node->loopback_tail = packet;
}

static void
on_looped(Sim *sim, SimEvent *event)
{
  Node *node = sim_container(event, Node, looped);
  Packet *packet = node->loopback_head;
  node->loopback_head = packet->next;
  packet->next = NULL;
  if (node->loopback_head == NULL)
    node->loopback_tail = NULL;
  else
    sim_schedule(sim, event, node->loopback_head->time, SIM_DELIVERY, &node->owner);
  node_receive(node, packet, NULL);
}

static G_GNUC_NO_INLINE bool
send_slowly(Node *node, Packet *packet)
{
  if (node_has_address(node, packet->destination)) {
    loopback_add(node, packet);
    return true;
  }
  LinkDirection *direction = route_lookup(node, packet);
  if (direction == NULL) {
    node->no_route++;
    node_drop(node, packet, "no route");
    return false;
  }
  uint32_t mtu = direction->mtu;
  if (node->path_mtus != NULL && !(packet->marks & PACKET_DONT_FRAGMENT))
    mtu = MIN(mtu, path_mtu_known(node, packet->destination));
  send_out_slowly(node, direction, packet, mtu, 0);
  return true;
}

SIM_HOT bool
node_send(Node *node, Packet *packet)
{
  LinkDirection *direction = route_at_hand(node, packet);
  uint32_t size = packet_size(packet);
  bool may_be_cut = node->path_mtus != NULL && !(packet->marks & PACKET_DONT_FRAGMENT);
  if (G_UNLIKELY(may_be_cut || !goes_out(node, direction, size) ||
                 node_has_address(node, packet->destination)))
    return send_slowly(node, packet);
  link_send_sized(direction, packet, size);
  return true;
}

uint32_t
node_mtu(Node *node, NetAddressId destination)
{
  if (node_has_address(node, destination))
    return UINT32_MAX;
  const LinkDirection *direction = route_lookup_address(node, destination);
  if (direction == NULL)
    return 0;
  return node->path_mtus == NULL ? direction->mtu
                                 : MIN(direction->mtu, path_mtu_known(node, destination));
}

void
node_packet_init(Node *node)
{
  sim_event_init(&node->processed, on_processed);
  sim_event_init(&node->looped, on_looped);
}

static void
packets_free(Net *net, Packet *packet)
{
  while (packet != NULL) {
    Packet *next = packet->next;
    packet_free(net, packet);
    packet = next;
  }
}

void
node_packet_clear(Node *node)
{
  sim_cancel(node->net->sim, &node->processed);
  sim_cancel(node->net->sim, &node->looped);
  packets_free(node->net, node->inbox_head);
  packets_free(node->net, node->loopback_head);
}
