/* node: making hosts and routers: their names, their addresses, the protocols on them, and how they
 * drop a packet. What they do with one that comes or is made is in node-packet.c.
 *
 * What cannot be delivered is dropped with a reason, and node->report, which is models/icmp where
 * there is one, tells its sender. */
#include "models/net/node.h"

#include <stdlib.h>
#include <string.h>

#include "models/net/fragment.h"
#include "models/net/middlebox.h"
#include "models/net/node-private.h"
#include "models/net/path-mtu.h"
#include "models/net/route.h"

#define NAME_MAX_BYTES 63

G_GNUC_NO_INLINE void
node_tell(Node *node, NetPacketEvent event, const LinkDirection *direction, const Packet *packet,
          const char *reason)
{
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
  Node *node = sim_lines_alloc_zero(sizeof *node);
  node->owner = sim_owner_new(net->sim);
  node->net = net;
  node->name = g_strdup(name);
  node->kind = kind;
  node->index = net->nodes->len;
  node->addresses = g_array_new(false, false, sizeof(NetAddressId));
  node->directions = g_ptr_array_new();
  node->path_mtu_expires = SIM_TIME_NEVER;
  node_packet_init(node);
  address_add(node, give_ipv4(net));
  g_ptr_array_add(net->nodes, node);
  g_hash_table_insert(net->node_names, node->name, node);
  route_invalidate(net);
  return node;
}

void
node_free(Node *node)
{
  node_packet_clear(node);
  middlebox_free(node->middlebox);
  route_free(node);
  path_mtu_free(node);
  fragment_free(node);
  g_ptr_array_unref(node->directions);
  g_array_unref(node->addresses);
  g_free(node->name);
  free(node);
}

const char *
node_kind_name(const Node *node)
{
  if (node->middlebox != NULL)
    return node->middlebox->ops->name;
  return node->kind == NODE_HOST ? "host" : "router";
}

static void
replace_address(Node *node, NetAddressId id)
{
  g_ptr_array_index(node->net->address_nodes, node_address(node)) = NULL;
  g_ptr_array_index(node->net->address_nodes, id) = node;
  g_array_index(node->addresses, NetAddressId, 0) = id;
  route_invalidate(node->net);
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
  replace_address(node, id);
  return true;
}

void
node_set_family(Node *node, uint8_t family)
{
  if (net_address(node->net, node_address(node))->family != family)
    replace_address(node, family == 6 ? give_ipv6(node->net) : give_ipv4(node->net));
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
  node->queues = node_takes_time(node) || node->inbox_head != NULL;
}

NodeProtocol *
node_protocol(Node *node, uint8_t number)
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
  NodeProtocol *place = node_protocol(node, number);
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
  NodeProtocol *protocol = node_protocol(node, number);
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
  const NodeProtocol *protocol = node_protocol(node, error->quoted->protocol);
  if (protocol != NULL && protocol->error != NULL)
    protocol->error(protocol->self, error);
}

void
node_tell_drop(Node *node, const Packet *packet, const char *reason)
{
  node_trace(node, NET_PACKET_DROP, NULL, packet, reason);
}

void
node_drop(Node *node, Packet *packet, const char *reason)
{
  node_tell_drop(node, packet, reason);
  packet_free(node->net, packet);
}

void
node_report(Node *node, const Packet *packet, IcmpKind kind, uint32_t mtu)
{
  if (node->report != NULL)
    node->report(node->report_self, packet, kind, mtu);
}

void
node_refuse(Node *node, Packet *packet, IcmpKind kind, const char *reason)
{
  node_report(node, packet, kind, 0);
  node_drop(node, packet, reason);
}
