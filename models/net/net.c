/* net: the network as a whole: its tables of names and addresses, and the end of everything.
 *
 * The hash tables answer "who is called so" and are never walked, so their order reaches nothing.
 * Everything is freed in reverse order of creation: links (with what is under way on them), then
 * nodes (with what waits in them), then the slabs, which insist that nothing is left. */
#include "models/net/net.h"

#include "models/net/link.h"
#include "models/net/node.h"
#include "models/net/route.h"

static unsigned
address_hash(gconstpointer key)
{
  const NetAddress *address = key;
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (int i = 0; i < (address->family == 6 ? 16 : 4); i++)
    hash = (hash ^ address->bytes[i]) * 16777619u;
  return hash;
}

static gboolean
address_equal(gconstpointer a, gconstpointer b)
{
  return net_address_equal(a, b);
}

Net *
net_new(Sim *sim)
{
  Net *net = g_new0(Net, 1);
  net->sim = sim;
  net->nodes = g_ptr_array_new();
  net->links = g_ptr_array_new();
  net->addresses = g_array_new(false, true, sizeof(NetAddress));
  net->address_nodes = g_ptr_array_new();
  net->address_ids = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
  net->node_names = g_hash_table_new(g_str_hash, g_str_equal);
  net->link_names = g_hash_table_new(g_str_hash, g_str_equal);
  sim_slab_init(&net->packets, "packet", sizeof(Packet), &sim->memory);
  sim_slab_init(&net->exts, "packet extension", sizeof(PacketExt), &sim->memory);
  net->next_ipv4 = net->next_ipv6 = 1;
  NetAddress none = {.family = 4}; /* NET_ADDRESS_NONE is written as 0.0.0.0 */
  g_array_append_val(net->addresses, none);
  g_ptr_array_add(net->address_nodes, NULL);
  return net;
}

void
net_free(Net *net)
{
  for (unsigned i = net->links->len; i > 0; i--)
    link_free(g_ptr_array_index(net->links, i - 1));
  for (unsigned i = net->nodes->len; i > 0; i--)
    node_free(g_ptr_array_index(net->nodes, i - 1));
  route_clear(net);
  sim_slab_clear(&net->exts);
  sim_slab_clear(&net->packets);
  g_hash_table_unref(net->link_names);
  g_hash_table_unref(net->node_names);
  g_hash_table_unref(net->address_ids);
  g_ptr_array_unref(net->address_nodes);
  g_array_unref(net->addresses);
  g_ptr_array_unref(net->links);
  g_ptr_array_unref(net->nodes);
  g_free(net);
}

NetAddressId
net_address_id(Net *net, const NetAddress *address)
{
  void *known = g_hash_table_lookup(net->address_ids, address);
  if (known != NULL)
    return GPOINTER_TO_UINT(known);
  NetAddressId id = net->addresses->len;
  g_array_append_vals(net->addresses, address, 1);
  g_ptr_array_add(net->address_nodes, NULL);
  NetAddress *key = g_new(NetAddress, 1);
  *key = *address;
  g_hash_table_insert(net->address_ids, key, GUINT_TO_POINTER(id));
  return id;
}

const NetAddress *
net_address(const Net *net, NetAddressId id)
{
  g_assert(id < net->addresses->len);
  return &g_array_index(net->addresses, NetAddress, id);
}

Node *
net_address_node(const Net *net, NetAddressId id)
{
  g_assert(id < net->address_nodes->len);
  return g_ptr_array_index(net->address_nodes, id);
}

SIM_HOT G_GNUC_NO_INLINE void
net_trace(const Net *net, const NetPacketRecord *record)
{
  Sim *sim = net->sim;
  uint32_t points = net_trace_points(record->event) & sim->traced;
  if (points & SIM_TRACE_BIT(NET_TRACE_DROP)) {
    sim_trace_emit(sim, NET_TRACE_DROP, record);
    points &= ~SIM_TRACE_BIT(NET_TRACE_DROP);
  }
  if (points & SIM_TRACE_BIT(NET_TRACE_HOP))
    sim_trace_emit(sim, NET_TRACE_HOP, record);
  if (points & SIM_TRACE_BIT(NET_TRACE_PACKET))
    sim_trace_emit(sim, NET_TRACE_PACKET, record);
}

Node *
net_node(const Net *net, const char *name)
{
  return g_hash_table_lookup(net->node_names, name);
}

Link *
net_link(const Net *net, const char *name)
{
  return g_hash_table_lookup(net->link_names, name);
}
