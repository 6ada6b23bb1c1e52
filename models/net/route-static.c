/* route-static: entries that the scenario wrote, the longest prefix first. */
#include "models/net/route-private.h"

static LinkDirection *
way_to_neighbour(const Node *node, const Node *neighbour)
{
  for (unsigned i = 0; i < node->directions->len; i++) {
    if (route_way(node, i)->to == neighbour && route_way(node, i)->up)
      return route_way(node, i);
  }
  return NULL;
}

LinkDirection *
route_static_way(const Node *node, NetAddressId destination)
{
  const GArray *statics = node->routes->statics;
  if (statics == NULL)
    return NULL;
  const NetAddress *address = net_address(node->net, destination);
  for (unsigned i = 0; i < statics->len; i++) {
    const RouteStatic *entry = &g_array_index(statics, RouteStatic, i);
    LinkDirection *out = net_address_within(address, &entry->prefix, entry->length)
                             ? way_to_neighbour(node, entry->next_hop)
                             : NULL;
    if (out != NULL)
      return out;
  }
  return NULL;
}

static bool
neighbour_check(const Node *node, const Node *next_hop, GError **error)
{
  GPtrArray *names = g_ptr_array_new();
  bool found = false;
  for (unsigned i = 0; i < node->directions->len; i++) {
    found = found || route_way(node, i)->to == next_hop;
    g_ptr_array_add(names, route_way(node, i)->to->name);
  }
  g_ptr_array_add(names, NULL);
  if (!found) {
    char *accepted = g_strjoinv(", ", (char **)names->pdata);
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "\"%s\" is not a neighbour of \"%s\"; accepted: %s", next_hop->name, node->name,
                names->len > 1 ? accepted : "(it has no link)");
    g_free(accepted);
  }
  g_ptr_array_unref(names);
  return found;
}

bool
route_add_static(Node *node, const NetAddress *prefix, unsigned length, Node *next_hop,
                 GError **error)
{
  unsigned longest = prefix->family == 6 ? 128 : 32;
  if (length > longest) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE,
                "a prefix of %u bits is too long; accepted: 0 to %u", length, longest);
    return false;
  }
  if (!neighbour_check(node, next_hop, error))
    return false;
  Route *route = route_of(node);
  if (route->statics == NULL)
    route->statics = g_array_new(false, false, sizeof(RouteStatic));
  unsigned place = 0; /* behind those that are as long: the first made wins */
  while (place < route->statics->len &&
         g_array_index(route->statics, RouteStatic, place).length >= length)
    place++;
  RouteStatic entry = {.prefix = *prefix, .length = length, .next_hop = next_hop};
  g_array_insert_val(route->statics, place, entry);
  route_invalidate(node->net);
  return true;
}
