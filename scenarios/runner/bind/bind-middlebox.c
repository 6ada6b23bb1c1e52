/* bind-middlebox: nat(), firewall() and middlebox(): routers that look at what passes.
 *
 * The neighbours of a side may be named before they are there, so that the names are looked up when
 * the file has been read. */
#include "scenarios/runner/bind/bind-middlebox.h"

#include <string.h>

#include "models/net/middlebox-firewall.h"
#include "models/net/middlebox-nat.h"

static const char *const node_options[] = {"inside", "outside", "address", "processing", NULL};
static const char *const firewall_options[] = {"inside",     "outside", "address",
                                               "processing", "rules",   NULL};

/* -- sides -- */

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
static void
read_sides(lua_State *L, BindMiddlebox *bound, int options, const char *call)
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

static void
middlebox_collect(void *self)
{
  BindMiddlebox *bound = self;
  if (bound->sides != NULL)
    g_ptr_array_unref(bound->sides);
}

/* -- making them -- */

/* A node with a middlebox on it, without its sides yet; on the stack. */
static BindMiddlebox *
make_box(lua_State *L, const BindType *type, const MiddleboxOps *ops, const char *name, int options)
{
  BindNodeMake make = {
      .type = type,
      .size = sizeof(BindMiddlebox),
      .kind = NODE_ROUTER,
      .call = ops->name,
      .name = name,
      .options = options,
  };
  BindMiddlebox *bound = (BindMiddlebox *)bind_node_new(L, &make);
  bound->sides = g_ptr_array_new_with_free_func(g_free);
  bound->line = bind_line(L, NULL);
  bound->box = middlebox_new(bound->node.node, ops);
  return bound;
}

/* nat(name, {...}), firewall(name, {...}) */
static BindMiddlebox *
make_sided(lua_State *L, const BindType *type, const MiddleboxOps *ops, const char *const *extras)
{
  char what[32], usage[48];
  g_snprintf(what, sizeof what, "option of a %s", ops->name);
  g_snprintf(usage, sizeof usage, "%s(name, {...})", ops->name);
  bind_check_loading(L, ops->name);
  bind_value_count(L, 2, usage);
  const char *name = bind_value_text(L, 1, ops->name, "the name");
  lua_settop(L, 2);
  bind_options_check(L, 2, what, ops->params, extras);
  BindMiddlebox *bound = make_box(L, type, ops, name, 2);
  read_sides(L, bound, 2, ops->name);
  bind_options_read(L, 2, ops->name, ops->params, bound->box->state);
  GError *error = NULL;
  if (ops->check != NULL && !ops->check(bound->box->state, &error))
    bind_raise_in(L, ops->name, error);
  return bound;
}

static int
make_nat(lua_State *L)
{
  make_sided(L, &bind_nat_type, &middlebox_nat, node_options);
  return 1;
}

static int
make_firewall(lua_State *L)
{
  BindMiddlebox *bound = make_sided(L, &bind_firewall_type, &middlebox_firewall, firewall_options);
  if (lua_getfield(L, 2, "rules") != LUA_TNIL)
    bind_firewall_rules(L, lua_gettop(L), bound->box);
  lua_settop(L, 3);
  return 1;
}

/* A function that is asked. */
typedef struct Asking {
  BindAsked *asked; /* owned */
  char *reason;     /* owned: what it said last; NULL: nothing */
} Asking;

static void
asking_free(gpointer data)
{
  Asking *asking = data;
  bind_asked_free(asking->asked);
  g_free(asking->reason);
  g_free(asking);
}

/* A MiddleboxFn: false, or a text that says why, drops the packet. */
static const char *
ask(Packet *packet, const Node *from, void *data)
{
  Asking *asking = data;
  if (!bind_asked_call(asking->asked, packet, packet, from->name))
    return NULL;
  lua_State *L = bind_asked_scenario(asking->asked)->side;
  bool drops = lua_type(L, -1) == LUA_TSTRING || (lua_isboolean(L, -1) && !lua_toboolean(L, -1));
  if (drops) {
    g_free(asking->reason);
    asking->reason = g_strdup(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "middlebox");
  }
  lua_pop(L, 1);
  return drops ? asking->reason : NULL;
}

/* "middlebox", "middlebox2" ...: the first that nobody has. */
static void
push_free_name(lua_State *L)
{
  const Net *net = bind_scenario(L)->net;
  lua_pushliteral(L, "middlebox");
  for (int i = 2; net_node(net, lua_tostring(L, -1)) != NULL; i++) {
    lua_pop(L, 1);
    lua_pushfstring(L, "middlebox%d", i);
  }
}

/* middlebox([name], fn, [options]) */
static int
make_middlebox(lua_State *L)
{
  static const char *const options[] = {"address", "processing", NULL};
  bind_check_loading(L, "middlebox");
  if (lua_type(L, 1) == LUA_TFUNCTION) {
    push_free_name(L);
    lua_insert(L, 1);
  }
  bind_value_count(L, 3, "middlebox([name], function, [options])");
  const char *name = bind_value_text(L, 1, "middlebox", "the name");
  bind_value_function(L, 2, "middlebox", "the argument behind the name");
  lua_settop(L, 3);
  bind_options_check(L, 3, "option of a middlebox", NULL, options);
  BindMiddlebox *bound = make_box(L, &bind_middlebox_type, &middlebox_function, name, 3);
  BindAsked *asked = bind_asked_new(L, 2, "a middlebox");
  Asking *asking = g_new0(Asking, 1);
  asking->asked = asked;
  middlebox_function_set(bound->box->state, ask, asking, asking_free);
  return 1;
}

/* -- what they can do -- */

typedef struct ForwardOptions {
  int protocol; /* 0: TCP, 1: UDP */
} ForwardOptions;

static const char *const forward_protocols[] = {"TCP", "UDP", NULL};
static const SimParam forward_params[] = {
    {.name = "protocol",
     .kind = SIM_PARAM_CHOICE,
     .offset = offsetof(ForwardOptions, protocol),
     .choices = forward_protocols},
    {.name = NULL},
};

/* nat:forward(port, to, [to_port], [{protocol = "UDP"}]) */
static int
nat_forward(lua_State *L)
{
  const char *call = "nat:forward";
  BindMiddlebox *bound = bind_self(L, &bind_nat_type, "forward");
  bind_check_acting(L, call);
  bind_value_count(L, 5, "nat:forward(port, to, [to_port], [{protocol =}])");
  if (lua_type(L, 4) == LUA_TTABLE) {
    lua_pushnil(L);
    lua_insert(L, 4);
  }
  lua_settop(L, 5);
  ForwardOptions options = {0};
  bind_options_check(L, 5, "option of forward", forward_params, NULL);
  bind_options_read(L, 5, call, forward_params, &options);
  MiddleboxForward forward = {
      .protocol = options.protocol == 0 ? NET_PROTO_TCP : NET_PROTO_UDP,
      .port = (uint16_t)bind_value_integer(L, 2, call, "port", 1, 65535),
      .to = bind_address(L, 3, call, "to"),
  };
  forward.to_port = lua_isnil(L, 4) ? forward.port
                                    : (uint16_t)bind_value_integer(L, 4, call, "to_port", 1, 65535);
  if (net_address(bound->box->node->net, forward.to)->family != 4)
    bind_error(L, "%s: to: an IPv4 address is wanted: IPv6 passes as it is", call);
  GError *error = NULL;
  if (!middlebox_nat_forward(bound->box, &forward, &error))
    bind_raise_in(L, call, error);
  return 0;
}

/* firewall:hits(n) */
static int
firewall_hits(lua_State *L)
{
  BindMiddlebox *bound = bind_self(L, &bind_firewall_type, "hits");
  bind_value_count(L, 2, "firewall:hits(number of the rule)");
  int64_t rule = bind_value_integer(L, 2, "firewall:hits", "the number of the rule", 1, 1000000);
  lua_pushinteger(L, (lua_Integer)middlebox_firewall_hits(bound->box, (unsigned)rule - 1));
  return 1;
}

static bool
middlebox_get(lua_State *L, void *self, const char *field)
{
  BindMiddlebox *bound = self;
  uint64_t count;
  if (!middlebox_counter(bound->box, field, &count))
    return bind_node_get(L, self, field);
  lua_pushinteger(L, (lua_Integer)count);
  return true;
}

static const luaL_Reg nat_methods[] = {
    {"forward", nat_forward}, {"route", bind_node_route}, {NULL, NULL}};
static const luaL_Reg firewall_methods[] = {
    {"hits", firewall_hits}, {"route", bind_node_route}, {NULL, NULL}};
static const luaL_Reg middlebox_methods[] = {{"route", bind_node_route}, {NULL, NULL}};

static const char *const nat_fields[] = {"name",     "address",       "looked_at",     "dropped",
                                         "mappings", "most_mappings", "mappings_made", NULL};
static const char *const firewall_fields[] = {"name",  "address",  "looked_at", "dropped",
                                              "flows", "accepted", NULL};
static const char *const middlebox_fields[] = {"name", "address", "looked_at", "dropped", NULL};

#define TYPE(word)                                                                                 \
  {                                                                                                \
    .name = #word, .example = #word, .methods = word##_methods, .fields = word##_fields,           \
    .get = middlebox_get, .print = bind_node_print, .collect = middlebox_collect                   \
  }

const BindType bind_nat_type = TYPE(nat);
const BindType bind_firewall_type = TYPE(firewall);
const BindType bind_middlebox_type = TYPE(middlebox);

void
bind_middlebox_open(lua_State *L)
{
  static const luaL_Reg functions[] = {
      {"nat", make_nat}, {"firewall", make_firewall}, {"middlebox", make_middlebox}, {NULL, NULL}};
  bind_type_open(L, &bind_nat_type);
  bind_type_open(L, &bind_firewall_type);
  bind_type_open(L, &bind_middlebox_type);
  bind_firewall_open(L);
  luaL_setfuncs(L, functions, 0);
}
