/* path-mtu: see the header. The entries of a node are few and stand in the order of learning; an
 * expired one is found out when somebody asks, since a timer of its own would keep a run alive. */
#include "models/net/path-mtu.h"

typedef struct Entry {
  NetAddressId destination;
  uint32_t mtu;
  bool locked; /* the path carries less than that */
  SimTime expires;
} Entry;

static void
note_expiry(Node *node)
{
  node->path_mtu_expires = SIM_TIME_NEVER;
  for (guint i = 0; i < node->path_mtus->len; i++) {
    const Entry *entry = &g_array_index(node->path_mtus, Entry, i);
    node->path_mtu_expires = MIN(node->path_mtu_expires, entry->expires);
  }
}

static void
forget_expired(Node *node)
{
  SimTime now = sim_now(node->net->sim);
  if (now < node->path_mtu_expires)
    return;
  for (guint i = 0; i < node->path_mtus->len;) {
    if (g_array_index(node->path_mtus, Entry, i).expires <= now)
      g_array_remove_index(node->path_mtus, i);
    else
      i++;
  }
  note_expiry(node);
  node->net->mtu_epoch++;
}

/* NULL: nothing is known. */
static Entry *
entry_of(Node *node, NetAddressId destination)
{
  if (node->path_mtus == NULL)
    return NULL;
  forget_expired(node);
  for (guint i = 0; i < node->path_mtus->len; i++) {
    Entry *entry = &g_array_index(node->path_mtus, Entry, i);
    if (entry->destination == destination)
      return entry;
  }
  return NULL;
}

void
path_mtu_learn(Node *node, NetAddressId destination, uint32_t mtu)
{
  bool ipv6 = net_address(node->net, destination)->family == 6;
  uint32_t least = ipv6 ? PATH_MTU_LEAST_6 : PATH_MTU_LEAST;
  Entry *entry = entry_of(node, destination);
  if (MAX(mtu, least) >= node_mtu(node, destination))
    return;
  if (entry == NULL) {
    if (node->path_mtus == NULL)
      node->path_mtus = g_array_new(false, true, sizeof(Entry));
    g_array_set_size(node->path_mtus, node->path_mtus->len + 1);
    entry = &g_array_index(node->path_mtus, Entry, node->path_mtus->len - 1);
    entry->destination = destination;
  }
  entry->mtu = MAX(mtu, least);
  entry->locked = !ipv6 && mtu < least;
  entry->expires = sim_time_add(sim_now(node->net->sim), PATH_MTU_LIFETIME);
  note_expiry(node);
  node->net->mtu_epoch++;
}

uint32_t
path_mtu_known(Node *node, NetAddressId destination)
{
  const Entry *entry = entry_of(node, destination);
  return entry != NULL ? entry->mtu : UINT32_MAX;
}

bool
path_mtu_is_locked(Node *node, NetAddressId destination)
{
  const Entry *entry = entry_of(node, destination);
  return entry != NULL && entry->locked;
}

void
path_mtu_free(Node *node)
{
  if (node->path_mtus != NULL)
    g_array_unref(node->path_mtus);
}
