/* node: what a host or a router does with a packet that it makes or that arrives.
 *
 * The life of a packet in a node: node_receive() takes it from a link; with a processing delay it
 * waits in `inbox`, first in first out, each ready at the later of (the one ahead is ready) and
 * (its arrival plus its own draw), then handle() decides: local delivery, forwarding, or a drop.
 * node_send() is the way out, for packets made here; what a node sends to itself stands in
 * `loopback` until its own event at the same time.
 *
 * A damaged packet is found where its transport checksum is looked at, that is at its destination;
 * a router checks the IP header only, which damage on our links spares.
 * What cannot be delivered is dropped with a reason, and node->report, which is models/icmp where
 * there is one, tells its sender.
 * Supported standards: RFC 1812 5.2.7, 5.3.1 (what is told, TTL). */
#include "models/net/node.h"

#include <string.h>

#include "models/net/fragment.h"
#include "models/net/link.h"
#include "models/net/path-mtu.h"
#include "models/net/route.h"

#define NAME_MAX_BYTES 63

static void on_processed(Sim *sim, SimEvent *event);
static void on_looped(Sim *sim, SimEvent *event);

static void
trace(Node *node, NetPacketEvent event, const LinkDirection *direction, const Packet *packet,
      const char *reason)
{
  if (!net_traced(node->net, event))
    return;
  NetPacketRecord record = {
      .time = sim_now(node->net->sim),
      .event = event,
      .node = node,
      .direction = direction,
      .packet = packet,
      .reason = reason,
  };
  net_trace(node->net, &record);
}

static bool
name_check(const Net *net, const char *name, GError **error)
{
  size_t length = strlen(name);
  bool usable = length > 0 && length <= NAME_MAX_BYTES;
  for (size_t i = 0; i < length; i++)
    usable = usable && (g_ascii_isalnum(name[i]) || strchr("_-.", name[i]) != NULL);
  if (!usable) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
                "\"%s\" cannot be the name of a node; accepted: 1 to %d letters, digits, '_', '-' "
                "and '.'",
                name, NAME_MAX_BYTES);
    return false;
  }
  if (net_node(net, name) != NULL) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_NAME,
                "there is a node called \"%s\" already; each needs a name of its own", name);
    return false;
  }
  return true;
}

/* The next of 10.0.0.1, 10.0.0.2 ... that nobody has. */
static NetAddressId
give_ipv4(Net *net)
{
  for (;;) {
    uint32_t value = 10u << 24 | (net->next_ipv4++ & 0xffffff);
    NetAddress address = {
        .family = 4,
        .bytes = {value >> 24, value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff},
    };
    NetAddressId id = net_address_id(net, &address);
    if (net_address_node(net, id) == NULL)
      return id;
  }
}

/* The next of fd00::1, fd00::2 ... that nobody has. */
static NetAddressId
give_ipv6(Net *net)
{
  for (;;) {
    uint32_t value = net->next_ipv6++;
    NetAddress address = {.family = 6, .bytes = {0xfd}};
    for (int i = 0; i < 4; i++)
      address.bytes[12 + i] = value >> (24 - 8 * i) & 0xff;
    NetAddressId id = net_address_id(net, &address);
    if (net_address_node(net, id) == NULL)
      return id;
  }
}

static NetAddressId
address_add(Node *node, NetAddressId id)
{
  g_array_append_val(node->addresses, id);
  g_ptr_array_index(node->net->address_nodes, id) = node;
  return id;
}

Node *
node_new(Net *net, const char *name, NodeKind kind, GError **error)
{
  if (!name_check(net, name, error))
    return NULL;
  Node *node = g_new0(Node, 1);
  node->owner = sim_owner_new(net->sim);
  node->net = net;
  node->name = g_strdup(name);
  node->kind = kind;
  node->index = net->nodes->len;
  node->addresses = g_array_new(false, false, sizeof(NetAddressId));
  node->directions = g_ptr_array_new();
  node->path_mtu_expires = SIM_TIME_NEVER;
  sim_event_init(&node->processed, on_processed);
  sim_event_init(&node->looped, on_looped);
  address_add(node, give_ipv4(net));
  g_ptr_array_add(net->nodes, node);
  g_hash_table_insert(net->node_names, node->name, node);
  route_invalidate(net);
  return node;
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
node_free(Node *node)
{
  sim_cancel(node->net->sim, &node->processed);
  sim_cancel(node->net->sim, &node->looped);
  packets_free(node->net, node->inbox_head);
  packets_free(node->net, node->loopback_head);
  route_free(node);
  path_mtu_free(node);
  fragment_free(node);
  g_ptr_array_unref(node->directions);
  g_array_unref(node->addresses);
  g_free(node->name);
  g_free(node);
}

bool
node_set_address(Node *node, const NetAddress *address, GError **error)
{
  Net *net = node->net;
  char text[NET_ADDRESS_TEXT];
  net_address_print(address, text);
  if (!net_address_is_unicast(address)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "%s cannot be the address of a node; accepted: a unicast address such as "
                "\"10.0.0.1\" or \"fd00::1\"",
                text);
    return false;
  }
  NetAddressId id = net_address_id(net, address);
  Node *holder = net_address_node(net, id);
  if (holder != NULL && holder != node) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "%s is the address of \"%s\" already", text,
                holder->name);
    return false;
  }
  g_ptr_array_index(net->address_nodes, node_address(node)) = NULL;
  g_ptr_array_index(net->address_nodes, id) = node;
  g_array_index(node->addresses, NetAddressId, 0) = id;
  route_invalidate(net);
  return true;
}

NetAddressId
node_address(const Node *node)
{
  return g_array_index(node->addresses, NetAddressId, 0);
}

NetAddressId
node_address_of(Node *node, uint8_t family)
{
  for (guint i = 0; i < node->addresses->len; i++) {
    NetAddressId id = g_array_index(node->addresses, NetAddressId, i);
    if (net_address(node->net, id)->family == family)
      return id;
  }
  /* Nobody has sent there yet: no route is wrong because of it. */
  return address_add(node, family == 6 ? give_ipv6(node->net) : give_ipv4(node->net));
}

bool
node_has_address(const Node *node, NetAddressId id)
{
  return net_address_node(node->net, id) == node;
}

void
node_set_processing(Node *node, const NodeProcessing *processing)
{
  char *stream = g_strconcat("processing ", node->name, NULL);
  sim_rng_init(&node->processing_rng, node->net->sim->seed, stream);
  g_free(stream);
  node->processing = *processing;
}

/* Who handles `number`; NULL: nobody. */
static NodeProtocol *
protocol_find(Node *node, uint8_t number)
{
  for (unsigned i = 0; i < NODE_PROTOCOLS; i++) {
    NodeProtocol *protocol = &node->protocols[i];
    if (protocol->receive != NULL && protocol->number == number)
      return protocol;
  }
  return NULL;
}

void
node_set_protocol(Node *node, uint8_t number, NodeReceiveFn receive, void *self)
{
  NodeProtocol *place = protocol_find(node, number);
  for (unsigned i = 0; place == NULL && i < NODE_PROTOCOLS; i++) {
    if (node->protocols[i].receive == NULL)
      place = &node->protocols[i];
  }
  sim_assert(node->net->sim, place != NULL);
  *place = (NodeProtocol){.receive = receive, .self = self, .number = number};
}

void
node_set_error(Node *node, uint8_t number, NodeErrorFn error)
{
  NodeProtocol *protocol = protocol_find(node, number);
  sim_assert(node->net->sim, protocol != NULL);
  protocol->error = error;
}

void
node_set_report(Node *node, NodeReportFn report, void *self)
{
  node->report = report;
  node->report_self = self;
}

void
node_error(Node *node, const IcmpError *error)
{
  const NodeProtocol *protocol = protocol_find(node, error->quoted->protocol);
  if (protocol != NULL && protocol->error != NULL)
    protocol->error(protocol->self, error);
}

void
node_tell_drop(Node *node, const Packet *packet, const char *reason)
{
  trace(node, NET_PACKET_DROP, NULL, packet, reason);
}

void
node_drop(Node *node, Packet *packet, const char *reason)
{
  node_tell_drop(node, packet, reason);
  packet_free(node->net, packet);
}

static void
report(Node *node, const Packet *packet, IcmpKind kind, uint32_t mtu)
{
  if (node->report != NULL)
    node->report(node->report_self, packet, kind, mtu);
}

void
node_refuse(Node *node, Packet *packet, IcmpKind kind, const char *reason)
{
  report(node, packet, kind, 0);
  node_drop(node, packet, reason);
}

static void
deliver(Node *node, Packet *packet, LinkDirection *arrived_on)
{
  if (G_UNLIKELY(packet->fragment != 0) && (packet = fragment_take(node, packet)) == NULL)
    return;
  const NodeProtocol *protocol = protocol_find(node, packet->protocol);
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
static void
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
static void
send_too_big(Node *node, LinkDirection *direction, Packet *packet, uint32_t mtu, uint8_t hop)
{
  if (packet->marks & PACKET_DONT_FRAGMENT || (packet->family == 6 && hop > 0)) {
    report(node, packet, ICMP_TOO_BIG, mtu);
    packet->ttl -= hop;
    link_send(direction, packet);
    return;
  }
  packet->ttl -= hop;
  Packet *piece = fragment_cut(node, packet, mtu);
  for (Packet *next; piece != NULL; piece = next) {
    next = piece->next;
    piece->next = NULL;
    link_send(direction, piece);
  }
}

/* RFC 1812 5.3.1: "If the TTL is reduced to zero (or less), the packet MUST be discarded". */
static void
forward(Node *node, Packet *packet)
{
  if (G_UNLIKELY(packet->ttl <= 1)) {
    node_refuse(node, packet, ICMP_TTL_EXCEEDED, "TTL");
    return;
  }
  LinkDirection *direction = route_lookup(node, packet);
  if (G_UNLIKELY(direction == NULL)) {
    refuse_unreachable(node, packet);
    return;
  }
  node->forwarded++;
  if (G_UNLIKELY(packet_size(packet) > direction->mtu)) {
    send_too_big(node, direction, packet, direction->mtu, 1);
    return;
  }
  packet->ttl--;
  link_send(direction, packet);
}

/* What the node does with a packet once it has the time. */
static void
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
static void
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
  if (node->inbox_head == NULL)
    node->inbox_tail = NULL;
  else
    sim_schedule(sim, event, node->inbox_head->time, SIM_DELIVERY, &node->owner);
  handle(node, packet, NULL);
}

void
node_receive(Node *node, Packet *packet, LinkDirection *arrived_on)
{
  node->received++;
  node->received_bytes += packet_size(packet);
  trace(node, NET_PACKET_RECEIVE, arrived_on, packet, NULL);
  bool at_once = node->processing.mean == 0 && node->processing.spread == 0;
  if (G_LIKELY(at_once && node->inbox_head == NULL))
    handle(node, packet, arrived_on);
  else
    inbox_add(node, packet);
}

static void
loopback_add(Node *node, Packet *packet)
{
  Sim *sim = node->net->sim;
  node->net->packets_sent++;
  trace(node, NET_PACKET_SEND, NULL, packet, NULL);
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

bool
node_send(Node *node, Packet *packet)
{
  if (G_UNLIKELY(node_has_address(node, packet->destination))) {
    loopback_add(node, packet);
    return true;
  }
  LinkDirection *direction = route_lookup(node, packet);
  if (G_UNLIKELY(direction == NULL)) {
    node->no_route++;
    node_drop(node, packet, "no route");
    return false;
  }
  uint32_t mtu = direction->mtu;
  if (G_UNLIKELY(node->path_mtus != NULL) && !(packet->marks & PACKET_DONT_FRAGMENT))
    mtu = MIN(mtu, path_mtu_known(node, packet->destination));
  if (G_UNLIKELY(packet_size(packet) > mtu))
    send_too_big(node, direction, packet, mtu, 0);
  else
    link_send(direction, packet);
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
