/* bind-host: host() and router(), their addresses, routes and processing, restart and inject. */
#include "scenarios/runner/bind/bind-node.h"

#include <stdlib.h>
#include <string.h>

#include "models/net/route.h"

BindNode *
bind_node_test(lua_State *L, int index)
{
  static const BindType *const types[] = {&bind_node_type, &bind_router_type, &bind_nat_type,
                                          &bind_firewall_type, &bind_middlebox_type};
  BindNode *node = NULL;
  for (size_t i = 0; node == NULL && i < G_N_ELEMENTS(types); i++)
    node = bind_test(L, index, types[i]);
  return node;
}

/* The id of an address written as a text. */
static NetAddressId
parse_address(lua_State *L, const char *text, const char *where, const char *name)
{
  GError *error = NULL;
  NetAddress address;
  if (net_address_parse(text, &address, &error))
    return net_address_id(bind_scenario(L)->net, &address);
  g_prefix_error(&error, "%s: ", name);
  bind_raise_in(L, where, error);
}

/* `text` is neither a node's name nor anything like an address. */
static G_NORETURN void
unknown_node(lua_State *L, const char *text, const char *where, const char *name)
{
  const Net *net = bind_scenario(L)->net;
  const char **known = g_new0(const char *, net->nodes->len + 1);
  for (guint i = 0; i < net->nodes->len; i++)
    known[i] = ((const Node *)net->nodes->pdata[i])->name;
  GError *error = NULL;
  sim_error_unknown(&error, "host", text, known);
  g_free(known);
  g_prefix_error(&error, "%s: ", name);
  bind_raise_in(L, where, error);
}

NetAddressId
bind_address(lua_State *L, int index, const char *where, const char *name)
{
  const BindNode *node = bind_node_test(L, index);
  if (node != NULL)
    return node_address(node->node);
  if (lua_type(L, index) != LUA_TSTRING)
    bind_error(L, "%s: %s: a host or an address such as \"10.0.0.1\" is wanted, not %s", where,
               name, bind_value_describe(L, index));
  const char *text = lua_tostring(L, index);
  const Node *named = net_node(bind_scenario(L)->net, text);
  if (named == NULL && text[strspn(text, "0123456789abcdefABCDEF.:")] != '\0')
    unknown_node(L, text, where, name);
  return named != NULL ? node_address(named) : parse_address(L, text, where, name);
}

void
bind_note_call(Scenario *scenario, const Node *node, const char *call, NetAddressId to)
{
  char address[NET_ADDRESS_TEXT], text[NET_ADDRESS_TEXT + 48];
  const Node *named = net_address_node(scenario->net, to);
  net_address_print(net_address(scenario->net, to), address);
  g_snprintf(text, sizeof text, "%s(%.63s)", call, named != NULL ? named->name : address);
  scenario_note(scenario, "call", node, NULL, text);
}

/* -- making them -- */

typedef struct NodeOptions {
  const char *address; /* Lua's; NULL: given out */
  bool has_processing;
  NodeProcessing processing;
  TcpProfile profile; /* of a host */
} NodeOptions;

static void
read_node_options(lua_State *L, const BindNodeMake *make, NodeOptions *options)
{
  if (lua_isnoneornil(L, make->options))
    return;
  lua_getfield(L, make->options, "address");
  if (!lua_isnil(L, -1))
    options->address = bind_value_text(L, -1, make->call, "address");
  lua_getfield(L, make->options, "processing");
  if (!lua_isnil(L, -1)) {
    bind_processing_read(L, lua_gettop(L), make->call, &options->processing);
    options->has_processing = true;
  }
  if (make->kind == NODE_HOST) {
    lua_getfield(L, make->options, "tcp");
    bind_tcp_options(L, -1, make->call, &options->profile);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}

/* "10.0.0.7", or "IPv4", "IPv6": the next that is free. NULL: as it is. */
static void
set_address(lua_State *L, Node *node, const char *call, const char *text)
{
  Scenario *scenario = bind_scenario(L);
  NetAddress address;
  GError *error = NULL;
  if (text == NULL)
    return;
  if (strcmp(text, "IPv4") == 0 || strcmp(text, "IPv6") == 0)
    node_set_family(node, text[3] == '6' ? 6 : 4);
  else if (!net_address_parse(text, &address, &error) || !node_set_address(node, &address, &error))
    bind_raise_in(L, call, error);
  if (net_address(scenario->net, node_address(node))->family != 6)
    return;
  scenario->ipv6 = true;
  for (guint i = 0; i < scenario->net->links->len; i++) {
    const Link *link = g_ptr_array_index(scenario->net->links, i);
    bind_link_check_mtu(L, MIN(link->forward.mtu, link->backward.mtu), link->name);
  }
}

BindNode *
bind_node_new(lua_State *L, const BindNodeMake *make)
{
  Scenario *scenario = bind_scenario(L);
  NodeOptions options = {.profile = *tcp_profile_find(tcp_profile_names()[0])};
  read_node_options(L, make, &options);
  GError *error = NULL;
  BindNode *bound = bind_object_new(L, make->type, make->size, 0);
  lua_pushvalue(L, -1);
  luaL_ref(L, LUA_REGISTRYINDEX); /* for good: scenario->nodes points to it */
  bound->node = node_new(scenario->net, make->name, make->kind, &error);
  if (bound->node == NULL)
    bind_raise_in(L, make->call, error);
  set_address(L, bound->node, make->call, options.address);
  if (options.has_processing)
    node_set_processing(bound->node, &options.processing);
  g_ptr_array_add(scenario->nodes, bound);
  bound->icmp = icmp_host_new(bound->node);
  if (make->kind == NODE_HOST) {
    bound->tcp = tcp_host_new(bound->node, &options.profile);
    bound->udp = udp_host_new(bound->node);
  }
  return bound;
}

static int
make_node(lua_State *L, NodeKind kind, const char *call, const BindOptions *known)
{
  char usage[48];
  g_snprintf(usage, sizeof usage, "%s(name, [options])", call);
  bind_check_loading(L, call);
  bind_value_count(L, 2, usage);
  BindNodeMake make = {
      .type = kind == NODE_HOST ? &bind_node_type : &bind_router_type,
      .size = sizeof(BindNode),
      .kind = kind,
      .call = call,
      .name = bind_value_text(L, 1, call, "the name"),
      .options = 2,
  };
  bind_options_check(L, 2, known);
  bind_node_new(L, &make);
  return 1;
}

static const BindField host_extras[] = {
    {"address", "string", "an IPv4 or IPv6 address, or \"IPv4\", \"IPv6\": the next that is free"},
    {"tcp", "TcpOptions", "TCP of this host"},
    {"processing", "Time|ProcessingOptions", "a delay before what arrives is handled"},
    {.name = NULL},
};

static const BindOptions host_options = {
    .name = "HostOptions",
    .what = "option of a host",
    .extras = host_extras,
    .help = "host(name, {...})",
};

static const BindField router_extras[] = {
    {"address", "string", "an IPv4 or IPv6 address, or \"IPv4\", \"IPv6\": the next that is free"},
    {"processing", "Time|ProcessingOptions", "a delay before what arrives is handled"},
    {.name = NULL},
};

static const BindOptions router_options = {
    .name = "RouterOptions",
    .what = "option of a router",
    .extras = router_extras,
    .help = "router(name, {...})",
};

static int
make_host(lua_State *L)
{
  return make_node(L, NODE_HOST, "host", &host_options);
}

static int
make_router(lua_State *L)
{
  return make_node(L, NODE_ROUTER, "router", &router_options);
}

/* -- what they do -- */

static int
host_start(lua_State *L)
{
  BindNode *host = bind_self(L, &bind_node_type, "start");
  bind_check_acting(L, "host:start");
  bind_check_parallel(L, "host:start");
  bind_value_count(L, 2, "host:start(function)");
  bind_value_function(L, 2, "host:start", "the argument");
  bind_coroutine_new(L, 2, sim_now(bind_scenario(L)->sim), &host->node->owner);
  return 0;
}

static int
host_restart(lua_State *L)
{
  BindNode *host = bind_self(L, &bind_node_type, "restart");
  bind_check_acting(L, "host:restart");
  bind_value_count(L, 1, "host:restart()");
  scenario_note(bind_scenario(L), "call", host->node, NULL, "restart()");
  tcp_host_restart(host->tcp);
  return 0;
}

NetAddressId
bind_prefix(lua_State *L, int index, const char *where, const char *name, unsigned *length)
{
  Scenario *scenario = bind_scenario(L);
  const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : NULL;
  const char *slash = text != NULL ? strchr(text, '/') : NULL;
  NetAddressId id;
  if (slash == NULL) {
    id = bind_address(L, index, where, name);
  } else {
    lua_pushlstring(L, text, (size_t)(slash - text));
    id = parse_address(L, lua_tostring(L, -1), where, name);
    lua_pop(L, 1);
  }
  unsigned bits = net_address(scenario->net, id)->family == 6 ? 128 : 32;
  *length = bits;
  if (slash == NULL)
    return id;
  char *end;
  guint64 value = g_ascii_strtoull(slash + 1, &end, 10);
  if (!g_ascii_isdigit(slash[1]) || *end != '\0' || value > bits)
    bind_error(L, "%s: %s: \"%s\" ends in no length from 0 to %u", where, name, text, bits);
  *length = (unsigned)value;
  return id;
}

int
bind_node_route(lua_State *L)
{
  BindNode *node = bind_node_test(L, 1);
  if (node == NULL)
    node = bind_self(L, &bind_router_type, "route");
  bind_check_acting(L, "router:route");
  bind_value_count(L, 3, "router:route(prefix, next_hop)");
  BindNode *next_hop = bind_node_test(L, 3);
  if (next_hop == NULL)
    bind_error(L, "router:route: the next hop: a host or router is wanted, not %s",
               bind_value_describe(L, 3));
  unsigned length;
  NetAddressId id = bind_prefix(L, 2, "router:route", "the prefix", &length);
  GError *error = NULL;
  if (!route_add_static(node->node, net_address(bind_scenario(L)->net, id), length, next_hop->node,
                        &error))
    bind_raise_in(L, "router:route", error);
  return 0;
}

/* routing "hops" */
static int
set_routing(lua_State *L)
{
  static const char *const metrics[] = {"delay", "hops", NULL};
  bind_check_acting(L, "routing");
  bind_value_count(L, 1, "routing(\"delay\" or \"hops\")");
  const char *metric = bind_value_text(L, 1, "routing", "the argument");
  if (!g_strv_contains(metrics, metric))
    bind_error_unknown(L, "kind of routing", metric, metrics);
  route_set_by_hops(bind_scenario(L)->net, strcmp(metric, "hops") == 0);
  return 0;
}

bool
bind_node_get(lua_State *L, void *self, const char *field)
{
  const BindNode *bound = self;
  char text[NET_ADDRESS_TEXT];
  if (strcmp(field, "name") == 0)
    lua_pushstring(L, bound->node->name);
  else
    lua_pushstring(
        L, net_address_print(net_address(bound->node->net, node_address(bound->node)), text));
  return true;
}

void
bind_node_print(void *self, char *text, size_t size)
{
  const BindNode *bound = self;
  g_snprintf(text, size, "%s %s", node_kind_name(bound->node), bound->node->name);
}

static const BindFunction host_methods[] = {
    {"start", host_start, "application: fun()", NULL,
     "begins an application: a coroutine of the host, from now on"},
    {"listen", bind_host_listen,
     "port: integer, handler?: fun(conn: Connection)|ListenOptions, options?: ListenOptions",
     "Listener",
     "a listener; with a handler each connection gets a coroutine of its own, without one "
     "listener:accept() gives them"},
    {"connect", bind_host_connect,
     "destination: Node|string, port: integer, options?: ConnectOptions", "Connection?, string?",
     "waits until the connection is there; or nil and \"timed out\", \"refused\", \"reset\" or "
     "\"unreachable\""},
    {"udp", bind_host_udp, "port?: integer, options?: UdpOptions", "UdpSocket",
     "a socket for datagrams; without a port the next that is free"},
    {"ping", bind_host_ping, "destination: Node|string, options?: PingOptions", "PingResult",
     "waits until each echo request was answered or is late"},
    {"traceroute", bind_host_traceroute, "destination: Node|string, options?: TracerouteOptions",
     "TracerouteResult", "waits until the destination answers a probe, or there are too many hops"},
    {"inject", bind_host_inject, "fields: InjectFields", NULL,
     "puts one TCP packet on the wire that belongs to no connection; sequence numbers as on the "
     "wire"},
    {"restart", host_restart, NULL, NULL,
     "forgets every connection without a word and keeps its listeners"},
    {"route", bind_node_route, "prefix: Node|string, next_hop: Node", NULL,
     "what goes to that node, address or prefix leaves by this neighbour"},
    {.name = NULL},
};

static const BindFunction router_methods[] = {
    {"route", bind_node_route, "prefix: Node|string, next_hop: Node", NULL,
     "what goes to that node, address or prefix leaves by this neighbour"},
    {.name = NULL},
};

static const BindField fields[] = {
    {"name", "string", "as it was given"},
    {"address", "string", "\"10.0.0.1\""},
    {.name = NULL},
};

const BindType bind_node_type = {
    .name = "host",
    .class = "Host",
    .help = "an end system",
    .example = "host",
    .methods = host_methods,
    .fields = fields,
    .get = bind_node_get,
    .print = bind_node_print,
};

const BindType bind_router_type = {
    .name = "router",
    .class = "Router",
    .help = "a node that forwards",
    .example = "router",
    .methods = router_methods,
    .fields = fields,
    .get = bind_node_get,
    .print = bind_node_print,
};

static const BindFunction functions[] = {
    {"host", make_host, "name: string, options?: HostOptions", "Host",
     "an end system; addresses are given out (10.0.0.1 ...) unless set"},
    {"router", make_router, "name: string, options?: RouterOptions", "Router",
     "a node that forwards, by the least delay unless a route is set; equal ways are shared by "
     "flow"},
    {"routing", set_routing, "metric: \"delay\"|\"hops\"", NULL,
     "what a best way is: least delay (until it is said), or fewest hops"},
    {.name = NULL},
};

static const BindType *const types_of_host[] = {&bind_node_type, &bind_router_type, NULL};
static const BindOptions *const options_of_host[] = {&host_options, &router_options,
                                                     &bind_processing_options, NULL};

const BindGroup bind_group_host = {
    .name = "network",
    .title = "Network",
    .help = "nodes, and how packets find their way",
    .functions = functions,
    .types = types_of_host,
    .options = options_of_host,
};
