/* bind-sides: which neighbours of a NAT or a firewall are inside.
 *
 * They may be named before they are there, so that the names are looked up when the file has been
 * read. */
#include "scenarios/runner/bind/bind-middlebox.h"

#include <string.h>

static void
add_side(lua_State *L, BindMiddlebox *bound, int index, const char *call, const char *side)
{
  const BindNode *node = bind_node_test(L, index);
  const char *name = node != NULL ? node->node->name : NULL;
  if (lua_type(L, index) == LUA_TSTRING)
    name = lua_tostring(L, index);
  if (name == NULL)
    bind_error(L, "%s: %s: a neighbour, its name, or a list of them is wanted, not %s", call, side,
               bind_value_describe(L, index));
  g_ptr_array_add(bound->sides, g_strdup(name));
}

/* inside = or outside = in the table at `options`. */
void
bind_sides_read(lua_State *L, BindMiddlebox *bound, int options, const char *call)
{
  bool has_inside = false, has_outside = false;
  if (lua_istable(L, options)) {
    has_inside = lua_getfield(L, options, "inside") != LUA_TNIL;
    has_outside = lua_getfield(L, options, "outside") != LUA_TNIL;
    lua_pop(L, 2);
  }
  if (has_inside == has_outside)
    bind_error(L,
               "%s: %s; say which neighbours are inside or which are outside: %s(\"%s\", {outside "
               "= \"isp\"})",
               call,
               has_inside ? "inside and outside, one of them is enough" : "its sides are missing",
               call, bound->node.node->name);
  const char *side = has_inside ? "inside" : "outside";
  bound->inside = has_inside;
  int value = lua_gettop(L) + 1;
  lua_getfield(L, options, side);
  if (lua_type(L, value) != LUA_TTABLE) {
    add_side(L, bound, value, call, side);
  } else {
    lua_Integer count = luaL_len(L, value);
    if (count == 0)
      bind_error(L, "%s: %s: the list is empty", call, side);
    for (lua_Integer i = 1; i <= count; i++) {
      lua_geti(L, value, i);
      add_side(L, bound, lua_gettop(L), call, side);
    }
  }
  lua_settop(L, value - 1);
}

static bool
resolve_sides(const Net *net, BindMiddlebox *bound, GError **error)
{
  for (guint i = 0; i < bound->sides->len; i++) {
    const char *name = g_ptr_array_index(bound->sides, i);
    Node *node = net_node(net, name);
    if (node == NULL) {
      g_autofree const char **known = g_new0(const char *, net->nodes->len + 1);
      for (guint k = 0; k < net->nodes->len; k++)
        known[k] = ((const Node *)g_ptr_array_index(net->nodes, k))->name;
      sim_error_unknown(error, "node", name, known);
      g_prefix_error(error, "%s: ", bound->inside ? "inside" : "outside");
      return false;
    }
    middlebox_name_side(bound->box, node, bound->inside);
  }
  return middlebox_check_sides(bound->box, error);
}

bool
bind_middlebox_finish(Scenario *scenario, GError **error)
{
  for (guint i = 0; i < scenario->nodes->len; i++) {
    const BindNode *node = g_ptr_array_index(scenario->nodes, i);
    const Middlebox *box = node->node->middlebox;
    if (box == NULL || !box->ops->has_sides)
      continue;
    BindMiddlebox *bound = g_ptr_array_index(scenario->nodes, i);
    if (!resolve_sides(scenario->net, bound, error)) {
      g_prefix_error(error, "%s:%d: %s: ", scenario->settings.path, bound->line, box->ops->name);
      return false;
    }
  }
  return true;
}
