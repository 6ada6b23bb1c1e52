/* bind-connect: host:connect: waits until the connection is there, or there is none.
 *
 * What goes with the SYN (fastopen) and finds no room there is queued behind the handshake. */
#include "scenarios/runner/bind/bind-conn.h"

#define PORT_MAX 65535

typedef struct ConnectOptions {
  SimTime timeout;
  int64_t from_port;
} ConnectOptions;

static const SimParam connect_params[] = {
    {.name = "timeout",
     .kind = SIM_PARAM_TIME,
     .offset = offsetof(ConnectOptions, timeout),
     .help = "give up after this"},
    {.name = "from_port",
     .kind = SIM_PARAM_INTEGER,
     .offset = offsetof(ConnectOptions, from_port),
     .min = 1,
     .max = PORT_MAX,
     .help = "the port of this end (the next that is free)"},
    {.name = NULL},
};

static const ConnectOptions connect_defaults = {.timeout = SIM_TIME_NEVER};

static const BindField connect_extras[] = {
    {"tcp", "TcpOptions", "TCP of this connection"},
    {"fastopen", "Size|string",
     "bytes, or a text, that go with the SYN when a cookie is known, else behind the handshake"},
    {.name = NULL},
};

const BindOptions bind_connect_options = {
    .name = "ConnectOptions",
    .what = "option of connect",
    .params = connect_params,
    .extras = connect_extras,
    .defaults = &connect_defaults,
    .help = "host:connect(destination, port, {...})",
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
  Scenario *scenario = bind_scenario(L);
  BindNode *host = bind_self(L, &bind_node_type, "connect");
  bind_wait_check(L, "host:connect");
  bind_value_count(L, 4, "host:connect(destination, port, [options])");
  if (lua_type(L, 2) == LUA_TNUMBER && lua_isnoneornil(L, 3))
    bind_error(L, "connect belongs to a host and is called with a colon: "
                  "host:connect(destination, port), not host.connect(...)");
  NetAddressId destination = bind_address(L, 2, "host:connect", "destination");
  uint16_t port = (uint16_t)bind_value_integer(L, 3, "host:connect", "port", 1, PORT_MAX);
  lua_settop(L, 4);
  ConnectOptions options = connect_defaults;
  TcpProfile profile = *tcp_host_profile(host->tcp);
  if (bind_options_check(L, 4, &bind_connect_options)) {
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
