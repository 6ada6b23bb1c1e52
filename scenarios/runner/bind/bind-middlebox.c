/* bind-middlebox: nat(), firewall() and middlebox(): routers that look at what passes. */
#include "scenarios/runner/bind/bind-middlebox.h"

#include <string.h>

#include "models/net/middlebox-firewall.h"
#include "models/net/middlebox-nat.h"

static const BindField nat_extras[] = {
    {"inside", "Node|string|(Node|string)[]", "the neighbours inside; the others are outside"},
    {"outside", "Node|string|(Node|string)[]", "or the neighbours outside"},
    {"address", "string", "an address of its own, which the hosts inside share"},
    {"processing", "Time|ProcessingOptions", "a delay before what arrives is handled"},
    {.name = NULL},
};
static const BindField firewall_extras[] = {
    {"inside", "Node|string|(Node|string)[]", "the neighbours inside; the others are outside"},
    {"outside", "Node|string|(Node|string)[]", "or the neighbours outside"},
    {"address", "string", "an IPv4 or IPv6 address"},
    {"processing", "Time|ProcessingOptions", "a delay before what arrives is handled"},
    {"rules", "FirewallRule[]", "the first that means a packet counts"},
    {.name = NULL},
};

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
make_sided(lua_State *L, const BindType *type, const MiddleboxOps *ops, const BindField *extras)
{
  char what[32], usage[48];
  g_snprintf(what, sizeof what, "option of a %s", ops->name);
  const BindOptions options = {.what = what, .params = ops->params, .extras = extras};
  g_snprintf(usage, sizeof usage, "%s(name, {...})", ops->name);
  bind_check_loading(L, ops->name);
  bind_value_count(L, 2, usage);
  const char *name = bind_value_text(L, 1, ops->name, "the name");
  lua_settop(L, 2);
  bind_options_check(L, 2, &options);
  BindMiddlebox *bound = make_box(L, type, ops, name, 2);
  bind_sides_read(L, bound, 2, ops->name);
  bind_options_read(L, 2, ops->name, ops->params, bound->box->state);
  GError *error = NULL;
  if (ops->check != NULL && !ops->check(bound->box->state, &error))
    bind_raise_in(L, ops->name, error);
  return bound;
}

/* A server asks it who is behind an address, at once. */
static int
make_nat(lua_State *L)
{
  bind_check_parallel(L, "nat");
  make_sided(L, &bind_nat_type, &middlebox_nat, nat_extras);
  return 1;
}

static int
make_firewall(lua_State *L)
{
  BindMiddlebox *bound = make_sided(L, &bind_firewall_type, &middlebox_firewall, firewall_extras);
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

static const BindField middlebox_extras[] = {
    {"address", "string", "an IPv4 or IPv6 address"},
    {"processing", "Time|ProcessingOptions", "a delay before what arrives is handled"},
    {.name = NULL},
};

static const BindOptions middlebox_options = {
    .name = "MiddleboxOptions",
    .what = "option of a middlebox",
    .extras = middlebox_extras,
    .help = "middlebox(name, function, {...})",
};

/* middlebox([name], fn, [options]) */
static int
make_middlebox(lua_State *L)
{
  bind_check_loading(L, "middlebox");
  bind_check_parallel(L, "middlebox");
  if (lua_type(L, 1) == LUA_TFUNCTION) {
    push_free_name(L);
    lua_insert(L, 1);
  }
  bind_value_count(L, 3, "middlebox([name], function, [options])");
  const char *name = bind_value_text(L, 1, "middlebox", "the name");
  bind_value_function(L, 2, "middlebox", "the argument behind the name");
  lua_settop(L, 3);
  bind_options_check(L, 3, &middlebox_options);
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
     .choices = forward_protocols,
     .help = "of which protocol the port is"},
    {.name = NULL},
};

static const ForwardOptions forward_defaults = {0};

static const BindOptions forward_options = {
    .name = "ForwardOptions",
    .what = "option of forward",
    .params = forward_params,
    .defaults = &forward_defaults,
    .help = "nat:forward(port, to, to_port, {...})",
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
  ForwardOptions options = forward_defaults;
  bind_options_check(L, 5, &forward_options);
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

static const BindFunction nat_methods[] = {
    {"forward", nat_forward,
     "port: integer, to: Node|string, to_port?: integer|ForwardOptions, options?: ForwardOptions",
     NULL, "what comes from outside to that port is for the host"},
    {"route", bind_node_route, "prefix: Node|string, next_hop: Node", NULL,
     "what goes to that node, address or prefix leaves by this neighbour"},
    {.name = NULL},
};
static const BindFunction firewall_methods[] = {
    {"hits", firewall_hits, "number: integer", "integer",
     "how many packets the so-many-th rule meant"},
    {"route", bind_node_route, "prefix: Node|string, next_hop: Node", NULL,
     "what goes to that node, address or prefix leaves by this neighbour"},
    {.name = NULL},
};
static const BindFunction middlebox_methods[] = {
    {"route", bind_node_route, "prefix: Node|string, next_hop: Node", NULL,
     "what goes to that node, address or prefix leaves by this neighbour"},
    {.name = NULL},
};

static const BindField nat_fields[] = {
    {"name", "string", "as it was given"},
    {"address", "string", "its address"},
    {"looked_at", "integer", "packets that it was asked about"},
    {"dropped", "integer", "packets that it dropped"},
    {"mappings", "integer", "those there are now"},
    {"most_mappings", "integer", "the most at once"},
    {"mappings_made", "integer", "all there have been"},
    {.name = NULL},
};
static const BindField firewall_fields[] = {
    {"name", "string", "as it was given"},
    {"address", "string", "its address"},
    {"looked_at", "integer", "packets that it was asked about"},
    {"dropped", "integer", "packets that it dropped"},
    {"flows", "integer", "those that it remembers now"},
    {"accepted", "integer", "packets that passed"},
    {.name = NULL},
};
static const BindField middlebox_fields[] = {
    {"name", "string", "as it was given"},
    {"address", "string", "its address"},
    {"looked_at", "integer", "packets that it was asked about"},
    {"dropped", "integer", "packets that it dropped"},
    {.name = NULL},
};

const BindType bind_nat_type = {
    .name = "nat",
    .class = "Nat",
    .help = "a router behind which hosts share one IPv4 address",
    .example = "nat",
    .methods = nat_methods,
    .fields = nat_fields,
    .get = middlebox_get,
    .print = bind_node_print,
    .collect = middlebox_collect,
};

const BindType bind_firewall_type = {
    .name = "firewall",
    .class = "Firewall",
    .help = "a router that drops what its rules say",
    .example = "firewall",
    .methods = firewall_methods,
    .fields = firewall_fields,
    .get = middlebox_get,
    .print = bind_node_print,
    .collect = middlebox_collect,
};

const BindType bind_middlebox_type = {
    .name = "middlebox",
    .class = "Middlebox",
    .help = "a router that asks a function about each packet",
    .example = "middlebox",
    .methods = middlebox_methods,
    .fields = middlebox_fields,
    .get = middlebox_get,
    .print = bind_node_print,
    .collect = middlebox_collect,
};

/* Their defaults are set as they are put on a node (reference.c). */
const BindOptions bind_nat_options = {.name = "NatOptions",
                                      .what = "option of a nat",
                                      .extras = nat_extras,
                                      .help = "nat(name, {...})"};
const BindOptions bind_firewall_options = {.name = "FirewallOptions",
                                           .what = "option of a firewall",
                                           .extras = firewall_extras,
                                           .help = "firewall(name, {...})"};

static const BindFunction functions[] = {
    {"nat", make_nat, "name: string, options: NatOptions", "Nat",
     "hosts inside share its IPv4 address, ports are translated"},
    {"firewall", make_firewall, "name: string, options: FirewallOptions", "Firewall",
     "what no rule means may begin from inside only; the rest of a flow that may begin passes"},
    {"middlebox", make_middlebox,
     "name: string|MiddleboxFunction, ask?: MiddleboxFunction|MiddleboxOptions, options?: "
     "MiddleboxOptions",
     "Middlebox",
     "asks the function about each packet: it may change the packet, and drops it by returning "
     "false, or a text that says why"},
    {.name = NULL},
};

static const BindType *const types_of_middlebox[] = {&bind_nat_type, &bind_firewall_type,
                                                     &bind_middlebox_type, NULL};
static const BindOptions *const options_of_middlebox[] = {
    &bind_nat_options,  &bind_firewall_options, &bind_firewall_rule,
    &middlebox_options, &forward_options,       NULL};

const BindGroup bind_group_middlebox = {
    .name = "middleboxes",
    .title = "Middleboxes",
    .help = "routers that look into packets",
    .functions = functions,
    .types = types_of_middlebox,
    .options = options_of_middlebox,
    .open = bind_firewall_open,
};
