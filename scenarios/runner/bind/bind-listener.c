/* bind-listener: host:listen, listener:accept and host:connect: how connections come to be.
 *
 * With a handler every connection that is ready gets a coroutine of its own; without one they wait
 * for accept(). A listener lives as long as the run. */
#include "scenarios/runner/bind/bind-conn.h"

#include <string.h>

#define PORT_MAX 65535
#define INFO(member) offsetof(TcpListenerInfo, member)

static BindNode *
host_self(lua_State *L, const char *method)
{
  return bind_self(L, &bind_node_type, method);
}

static void
on_accepted(TcpListener *tcp, void *user)
{
  BindListener *listener = user;
  if (listener->scenario->closing)
    return;
  if (listener->handler == LUA_NOREF) {
    bind_wake_all(&listener->waiters);
    return;
  }
  Coroutine *coroutine =
      bind_coroutine_new_ref(listener->scenario, listener->handler, &listener->node->owner);
  coroutine->listener = listener;
}

bool
bind_listener_take(lua_State *L, BindListener *listener)
{
  if (listener->tcp == NULL || tcp_listener_ready(listener->tcp) == 0)
    return false;
  BindConn *conn = bind_conn_new(L, listener->scenario, listener->node);
  conn->tcp = tcp_accept(listener->tcp, &bind_conn_ops, conn);
  conn->closed = tcp_state(conn->tcp) == TCP_CLOSED;
  bind_conn_settle(conn);
  return true;
}

/* The options of listen at `index`, over the host's profile. */
static TcpProfile
listen_options(lua_State *L, int index, BindNode *host)
{
  static const char *const extras[] = {"backlog", "tcp", NULL};
  TcpProfile profile = *tcp_host_profile(host->tcp);
  if (!bind_options_check(L, index, "option of listen", NULL, extras))
    return profile;
  lua_getfield(L, index, "tcp");
  bind_tcp_options(L, -1, "listen", &profile);
  lua_getfield(L, index, "backlog");
  if (!lua_isnil(L, -1))
    bind_value_param(L, -1, "listen", sim_param_find(tcp_profile_params, "backlog"), &profile);
  lua_pop(L, 2);
  return profile;
}

int
bind_host_listen(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindNode *host = host_self(L, "listen");
  bind_check_acting(L, "host:listen");
  bind_value_count(L, 4, "host:listen(port, [handler], [options])");
  uint16_t port = (uint16_t)bind_value_integer(L, 2, "host:listen", "port", 1, PORT_MAX);
  bool has_handler = lua_type(L, 3) == LUA_TFUNCTION;
  if (!has_handler && !lua_isnoneornil(L, 3) && lua_type(L, 3) != LUA_TTABLE)
    bind_value_function(L, 3, "host:listen", "the handler");
  lua_settop(L, 4);
  int options = has_handler || lua_isnil(L, 3) ? 4 : 3;
  if (options == 3 && !lua_isnil(L, 4))
    bind_error(L, "host:listen: the handler stands before the options: "
                  "host:listen(port, handler, {...})");
  TcpProfile profile = listen_options(L, options, host);
  BindListener *listener = bind_object_new(L, &bind_listener_type, sizeof *listener, 0);
  listener->scenario = scenario;
  listener->node = host->node;
  listener->port = port;
  listener->handler = LUA_NOREF;
  if (has_handler) {
    lua_pushvalue(L, 3);
    listener->handler = luaL_ref(L, LUA_REGISTRYINDEX);
  }
  lua_pushvalue(L, -1);
  luaL_ref(L, LUA_REGISTRYINDEX); /* for good: coroutines and the TCP point to it */
  TcpListenArgs args = {
      .port = port, .profile = &profile, .accepted = on_accepted, .user = listener};
  GError *error = NULL;
  listener->tcp = tcp_listen(host->tcp, &args, &error);
  if (listener->tcp == NULL)
    bind_raise_in(L, "host:listen", error);
  char text[32];
  g_snprintf(text, sizeof text, "listen(%u)", port);
  scenario_note(scenario, "call", host->node, NULL, text);
  return 1;
}

static int
accept_more(lua_State *L, int status, lua_KContext context)
{
  BindListener *listener = lua_touserdata(L, 1);
  Scenario *scenario = bind_scenario(L);
  Coroutine *coroutine = scenario->running;
  SimTime deadline = coroutine->deadline;
  coroutine->patient = false;
  if (bind_listener_take(L, listener))
    return 1;
  lua_pushnil(L);
  if (listener->tcp == NULL) {
    lua_pushliteral(L, "closed");
    return 2;
  }
  if (sim_now(scenario->sim) >= deadline) {
    lua_pushliteral(L, "timed out");
    return 2;
  }
  lua_settop(L, 1);
  coroutine->patient = true;
  return bind_wait(L, "listener:accept", &listener->waiters, deadline, accept_more);
}

static int
listener_accept(lua_State *L)
{
  BindListener *listener = bind_self(L, &bind_listener_type, "accept");
  bind_wait_check(L, "listener:accept");
  bind_value_count(L, 2, "listener:accept([timeout])");
  Scenario *scenario = bind_scenario(L);
  SimTime deadline = SIM_TIME_NEVER;
  if (!lua_isnoneornil(L, 2))
    deadline =
        sim_time_add(sim_now(scenario->sim), bind_value_time(L, 2, "listener:accept", "timeout"));
  if (listener->handler != LUA_NOREF)
    bind_error(L, "listener:accept: this listener has a handler, which gets every connection");
  lua_settop(L, 1);
  scenario->running->deadline = deadline;
  return accept_more(L, LUA_OK, 0);
}

static int
listener_close(lua_State *L)
{
  BindListener *listener = bind_self(L, &bind_listener_type, "close");
  bind_check_acting(L, "listener:close");
  bind_value_count(L, 1, "listener:close()");
  if (listener->tcp != NULL) {
    tcp_listener_info(listener->tcp, &listener->last);
    listener->last.half_open = listener->last.ready = 0;
    tcp_listener_close(g_steal_pointer(&listener->tcp));
  }
  bind_wake_all(&listener->waiters);
  return 0;
}

/* -- connect -- */

typedef struct ConnectOptions {
  SimTime timeout;
  int64_t from_port;
} ConnectOptions;

static const SimParam connect_params[] = {
    {.name = "timeout",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(ConnectOptions, timeout),
     .help = "how long to wait for the connection"},
    {.name = "from_port",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(ConnectOptions, from_port),
     .min = 1,
     .max = PORT_MAX,
     .help = "port of our end"},
    {.name = NULL},
};

/* The connection failed or was given up: closes its socket. */
static int
push_no_connection(lua_State *L, BindConn *conn, const char *reason)
{
  lua_pushnil(L);
  lua_pushstring(L, reason);
  tcp_release(g_steal_pointer(&conn->tcp));
  conn->closed = true;
  bind_conn_settle(conn);
  return 2;
}

/* connect's option fastopen, at 4: a size, or bytes. False when it was not given; the caller pops
 * it, which keeps the bytes. */
static bool
read_early(lua_State *L, uint64_t *count, const char **bytes)
{
  *count = 0;
  *bytes = NULL;
  if (lua_isnil(L, 4) || lua_getfield(L, 4, "fastopen") == LUA_TNIL)
    return false;
  size_t length;
  *bytes = bind_value_bytes(L, -1, &length);
  *count = *bytes != NULL ? length : bind_value_size(L, -1, "host:connect", "fastopen");
  return true;
}

/* Queues what of it the SYN did not hold; false: it does not all fit yet. */
static bool
queue_rest(lua_State *L, BindConn *conn)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  if (coroutine->done == coroutine->wanted)
    return true;
  uint64_t count;
  const char *bytes;
  int top = lua_gettop(L);
  read_early(L, &count, &bytes);
  coroutine->done += tcp_send(conn->tcp, coroutine->wanted - coroutine->done,
                              bytes != NULL ? bytes + coroutine->done : NULL);
  lua_settop(L, top);
  return coroutine->done == coroutine->wanted;
}

static int
connect_more(lua_State *L, int status, lua_KContext context)
{
  Scenario *scenario = bind_scenario(L);
  BindConn *conn = lua_touserdata(L, -1);
  SimTime deadline = scenario->running->deadline;
  TcpInfo info;
  tcp_info(conn->tcp, &info);
  if (info.connect_time != SIM_TIME_NEVER && queue_rest(L, conn))
    return 1;
  if (tcp_state(conn->tcp) == TCP_CLOSED)
    return push_no_connection(
        L, conn, tcp_error(conn->tcp) == TCP_OK ? "closed" : tcp_error_name(tcp_error(conn->tcp)));
  if (sim_now(scenario->sim) >= deadline)
    return push_no_connection(L, conn, "timed out");
  scenario->running->waits_conn = conn;
  return bind_wait(L, "host:connect", &conn->waiters, deadline, connect_more);
}

static void
note_connect(lua_State *L, const BindNode *host, NetAddressId destination, unsigned port)
{
  Scenario *scenario = bind_scenario(L);
  const Node *node = net_address_node(scenario->net, destination);
  char address[NET_ADDRESS_TEXT], text[NET_ADDRESS_TEXT + 96];
  net_address_print(net_address(scenario->net, destination), address);
  g_snprintf(text, sizeof text, "connect(%s, %u)", node != NULL ? node->name : address, port);
  scenario_note(scenario, "call", host->node, NULL, text);
}

int
bind_host_connect(lua_State *L)
{
  static const char *const extras[] = {"tcp", "fastopen", NULL};
  Scenario *scenario = bind_scenario(L);
  BindNode *host = host_self(L, "connect");
  bind_wait_check(L, "host:connect");
  bind_value_count(L, 4, "host:connect(destination, port, [options])");
  if (lua_type(L, 2) == LUA_TNUMBER && lua_isnoneornil(L, 3))
    bind_error(L, "connect belongs to a host and is called with a colon: "
                  "host:connect(destination, port), not host.connect(...)");
  NetAddressId destination = bind_address(L, 2, "host:connect", "destination");
  uint16_t port = (uint16_t)bind_value_integer(L, 3, "host:connect", "port", 1, PORT_MAX);
  lua_settop(L, 4);
  ConnectOptions options = {.timeout = SIM_TIME_NEVER};
  TcpProfile profile = *tcp_host_profile(host->tcp);
  if (bind_options_check(L, 4, "option of connect", connect_params, extras)) {
    bind_options_read(L, 4, "host:connect", connect_params, &options);
    lua_getfield(L, 4, "tcp");
    bind_tcp_options(L, -1, "host:connect", &profile);
    lua_pop(L, 1);
  }
  note_connect(L, host, destination, port);
  TcpConnectArgs args = {
      .destination = destination,
      .port = port,
      .from_port = (uint16_t)options.from_port,
      .profile = &profile,
      .ops = &bind_conn_ops,
  };
  args.fast_open = read_early(L, &args.early, (const char **)&args.early_bytes);
  if (args.fast_open)
    profile.fastopen |= TCP_FASTOPEN_CLIENT; /* who gives it wants it */
  lua_settop(L, 4);
  BindConn *conn = bind_conn_new(L, scenario, host->node);
  args.user = conn;
  GError *error = NULL;
  conn->tcp = tcp_connect(host->tcp, &args, &error);
  if (conn->tcp == NULL) {
    conn->closed = true;
    bind_conn_settle(conn);
    bind_raise_in(L, "host:connect", error);
  }
  if (scenario->names != NULL)
    conn_names_of_conn(scenario->names, conn->tcp); /* who opens first stands first */
  scenario->running->deadline = sim_time_add(sim_now(scenario->sim), options.timeout);
  scenario->running->wanted = args.early;
  scenario->running->done = tcp_early(conn->tcp);
  queue_rest(L, conn);
  return connect_more(L, LUA_OK, 0);
}

/* What a listener counts: its fields, and listener:info(). */
static const struct {
  const char *name;
  size_t offset;
  bool wide; /* 64 bits */
} infos[] = {
    {"half_open", INFO(half_open), false},
    {"ready", INFO(ready), false},
    {"most_half_open", INFO(most_half_open), false},
    {"most_ready", INFO(most_ready), false},
    {"dropped", INFO(dropped), true},
    {"overflows", INFO(overflows), true},
    {"deferred", INFO(deferred), true},
    {"cookies_sent", INFO(cookies_sent), true},
    {"cookies_received", INFO(cookies_received), true},
    {"cookies_failed", INFO(cookies_failed), true},
};

static void
push_info(lua_State *L, const BindListener *listener, size_t which)
{
  TcpListenerInfo info = listener->last;
  if (listener->tcp != NULL)
    tcp_listener_info(listener->tcp, &info);
  const char *field = (const char *)&info + infos[which].offset;
  uint64_t wide = 0;
  uint32_t narrow = 0;
  if (infos[which].wide)
    memcpy(&wide, field, sizeof wide);
  else
    memcpy(&narrow, field, sizeof narrow);
  lua_pushinteger(L, (lua_Integer)(wide + narrow));
}

static bool
listener_get(lua_State *L, void *self, const char *field)
{
  const BindListener *listener = self;
  if (strcmp(field, "port") == 0) {
    lua_pushinteger(L, listener->port);
    return true;
  }
  size_t which = 0;
  while (strcmp(infos[which].name, field) != 0)
    which++;
  push_info(L, listener, which);
  return true;
}

static int
listener_info(lua_State *L)
{
  const BindListener *listener = bind_self(L, &bind_listener_type, "info");
  bind_value_count(L, 1, "listener:info()");
  lua_createtable(L, 0, G_N_ELEMENTS(infos) + 1);
  for (size_t i = 0; i < G_N_ELEMENTS(infos); i++) {
    push_info(L, listener, i);
    lua_setfield(L, -2, infos[i].name);
  }
  lua_pushinteger(L, listener->port);
  lua_setfield(L, -2, "port");
  return 1;
}

static void
listener_print(void *self, char *text, size_t size)
{
  const BindListener *listener = self;
  g_snprintf(text, size, "listener %s:%u", listener->node->name, listener->port);
}

static const luaL_Reg methods[] = {
    {"accept", listener_accept}, {"close", listener_close}, {"info", listener_info}, {NULL, NULL}};
/* Those of `infos` first. */
static const char *const fields[] = {
    "half_open", "ready",        "most_half_open",   "most_ready",     "dropped", "overflows",
    "deferred",  "cookies_sent", "cookies_received", "cookies_failed", "port",    NULL};

const BindType bind_listener_type = {
    .name = "listener",
    .example = "listener",
    .methods = methods,
    .fields = fields,
    .get = listener_get,
    .print = listener_print,
};

void
bind_listener_open(lua_State *L)
{
  bind_type_open(L, &bind_listener_type);
}
