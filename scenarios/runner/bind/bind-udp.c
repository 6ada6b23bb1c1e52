/* bind-udp: host:udp(): datagrams in a scenario.
 *
 * A socket lives as long as the run or until it is closed. Receiving waits; sending does not. What
 * an ICMP error says to a connected socket is told by its next call, as real sockets do it. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

#define PORT_MAX 65535

typedef struct BindUdp {
  BindObject object;
  Scenario *scenario;
  UdpSocket *udp; /* NULL: closed */
  Node *node;
  uint16_t port;
  Coroutine *waiters;
} BindUdp;

typedef struct UdpOptions {
  uint64_t receive_buffer;
  int fragments;
} UdpOptions;

/* In the order of UdpFragmenting. */
static const char *const fragments[] = {"anywhere", "at source", "never", NULL};

static const SimParam params[] = {
    {.name = "receive_buffer",
     .kind = SIM_PARAM_SIZE,
     .offset = offsetof(UdpOptions, receive_buffer),
     .min = 1,
     .max = 1e12,
     .help = "IP bytes that may wait"},
    {.name = "fragments",
     .kind = SIM_PARAM_CHOICE,
     .offset = offsetof(UdpOptions, fragments),
     .choices = fragments,
     .help = "where a datagram may be fragmented"},
    {.name = NULL},
};

static const UdpOptions udp_defaults = {.receive_buffer = UDP_RECEIVE_BUFFER};

static const BindOptions udp_options = {
    .name = "UdpOptions",
    .what = "option of udp",
    .params = params,
    .defaults = &udp_defaults,
    .help = "host:udp(port, {...})",
};

static void
on_readable(UdpSocket *socket, void *user)
{
  BindUdp *udp = user;
  if (!udp->scenario->closing)
    bind_wake_all(&udp->waiters);
}

static void
on_error(UdpSocket *socket, const UdpError *error, void *user)
{
  on_readable(socket, user);
}

static const UdpUserOps ops = {on_readable, on_error};

int
bind_host_udp(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  BindNode *host = bind_self(L, &bind_node_type, "udp");
  bind_check_acting(L, "host:udp");
  bind_check_parallel(L, "host:udp");
  bind_value_count(L, 3, "host:udp([port], [options])");
  uint16_t port = 0;
  if (!lua_isnoneornil(L, 2))
    port = (uint16_t)bind_value_integer(L, 2, "host:udp", "port", 1, PORT_MAX);
  lua_settop(L, 3);
  UdpOptions options = udp_defaults;
  if (bind_options_check(L, 3, &udp_options))
    bind_options_read(L, 3, "host:udp", params, &options);
  BindUdp *udp = bind_object_new(L, &bind_udp_type, sizeof *udp, 0);
  udp->scenario = scenario;
  udp->node = host->node;
  lua_pushvalue(L, -1);
  luaL_ref(L, LUA_REGISTRYINDEX); /* for good: coroutines and the socket point to it */
  UdpOpenArgs args = {
      .port = port,
      .receive_buffer = options.receive_buffer,
      .fragmenting = (UdpFragmenting)options.fragments,
      .ops = &ops,
      .user = udp,
  };
  GError *error = NULL;
  udp->udp = udp_open(host->udp, &args, &error);
  if (udp->udp == NULL)
    bind_raise_in(L, "host:udp", error);
  udp->port = udp_port(udp->udp);
  return 1;
}

static BindUdp *
open_self(lua_State *L, const char *method, const char *call)
{
  BindUdp *udp = bind_self(L, &bind_udp_type, method);
  bind_check_acting(L, call);
  if (udp->udp == NULL)
    bind_error(L, "%s: the socket is closed", call);
  return udp;
}

static int
push_failure(lua_State *L, const char *reason)
{
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

/* What a call on a connected socket is told first; false: nothing. */
static bool
push_error(lua_State *L, BindUdp *udp)
{
  IcmpKind kind = udp_take_error(udp->udp);
  if (kind == ICMP_OTHER)
    return false;
  push_failure(L, kind == ICMP_PORT_UNREACHABLE ? "refused" : "unreachable");
  return true;
}

static int
send_now(lua_State *L, BindUdp *udp, const UdpSendArgs *args)
{
  if (push_error(L, udp))
    return 2;
  switch (udp_send(udp->udp, args)) {
  case UDP_TOO_LONG:
    return push_failure(L, "too long");
  case UDP_UNREACHABLE:
    return push_failure(L, "unreachable");
  case UDP_OK:
    break;
  }
  lua_pushinteger(L, args->length);
  return 1;
}

/* A size, or a text for `text`; longer than any datagram is for the socket to refuse. */
static void
read_data(lua_State *L, int index, const char *call, bool text, UdpSendArgs *args)
{
  if (text) {
    args->bytes = bind_value_text(L, index, call, "the text");
    args->length = (uint32_t)MIN(lua_rawlen(L, index), UINT32_MAX);
  } else {
    args->length = (uint32_t)MIN(bind_value_size(L, index, call, "size"), UINT32_MAX);
  }
}

static int
send_to(lua_State *L, const char *method, const char *call, const char *usage, bool text)
{
  BindUdp *udp = open_self(L, method, call);
  bind_value_count(L, 4, usage);
  UdpSendArgs args = {.destination = bind_address(L, 2, call, "destination")};
  args.port = (uint16_t)bind_value_integer(L, 3, call, "port", 1, PORT_MAX);
  read_data(L, 4, call, text, &args);
  return send_now(L, udp, &args);
}

static int
udp_send_to(lua_State *L)
{
  return send_to(L, "send_to", "socket:send_to", "socket:send_to(destination, port, size)", false);
}

static int
udp_write_to(lua_State *L)
{
  return send_to(L, "write_to", "socket:write_to", "socket:write_to(destination, port, text)",
                 true);
}

static int
send_to_peer(lua_State *L, const char *method, const char *call, const char *usage, bool text)
{
  BindUdp *udp = open_self(L, method, call);
  bind_value_count(L, 2, usage);
  if (!udp_peer(udp->udp, NULL, NULL))
    bind_error(L,
               "%s: the socket is not connected: say where to with socket:connect(destination, "
               "port), or use socket:%s_to(destination, port, ...)",
               call, method);
  UdpSendArgs args = {0};
  read_data(L, 2, call, text, &args);
  return send_now(L, udp, &args);
}

static int
udp_send_connected(lua_State *L)
{
  return send_to_peer(L, "send", "socket:send", "socket:send(size)", false);
}

static int
udp_write_connected(lua_State *L)
{
  return send_to_peer(L, "write", "socket:write", "socket:write(text)", true);
}

static int
udp_connect_to(lua_State *L)
{
  BindUdp *udp = open_self(L, "connect", "socket:connect");
  bind_value_count(L, 3, "socket:connect(destination, port)");
  NetAddressId destination = bind_address(L, 2, "socket:connect", "destination");
  udp_connect(udp->udp, destination,
              (uint16_t)bind_value_integer(L, 3, "socket:connect", "port", 1, PORT_MAX));
  return 0;
}

/* count, address, port, text: the oldest datagram that waits; false: none does. */
static bool
push_datagram(lua_State *L, BindUdp *udp)
{
  UdpDatagram datagram;
  if (udp->udp == NULL || udp_receivable(udp->udp) == 0)
    return false;
  /* Lua may raise when it has no memory, and would not free the bytes: they are handed to it in a
   * buffer of its own first. */
  luaL_checkstack(L, 5, "datagram");
  uint32_t length = udp_next_length(udp->udp);
  char *copy = lua_newuserdatauv(L, MAX(length, 1), 0);
  udp_receive(udp->udp, &datagram);
  bool has_text = datagram.bytes != NULL;
  if (has_text)
    memcpy(copy, datagram.bytes, length);
  g_free(datagram.bytes);
  char address[NET_ADDRESS_TEXT];
  lua_pushinteger(L, length);
  lua_pushstring(L, net_address_print(net_address(udp->scenario->net, datagram.source), address));
  lua_pushinteger(L, datagram.port);
  if (has_text)
    lua_pushlstring(L, copy, length);
  else
    lua_pushnil(L);
  return true;
}

static int
receive_more(lua_State *L, int status, lua_KContext context)
{
  BindUdp *udp = lua_touserdata(L, 1);
  Coroutine *coroutine = bind_scenario(L)->running;
  SimTime deadline = coroutine->deadline;
  coroutine->patient = false;
  if (push_datagram(L, udp))
    return 4;
  if (udp->udp == NULL)
    return push_failure(L, "closed");
  if (push_error(L, udp))
    return 2;
  if (sim_now(udp->scenario->sim) >= deadline)
    return push_failure(L, "timed out");
  lua_settop(L, 1);
  coroutine->patient = true; /* a server waits for ever */
  return bind_wait(L, "socket:receive_from", &udp->waiters, deadline, receive_more);
}

static int
udp_receive_from(lua_State *L)
{
  BindUdp *udp = open_self(L, "receive_from", "socket:receive_from");
  bind_wait_check(L, "socket:receive_from");
  bind_value_count(L, 2, "socket:receive_from([timeout])");
  SimTime deadline = SIM_TIME_NEVER;
  if (!lua_isnoneornil(L, 2))
    deadline = sim_time_add(sim_now(udp->scenario->sim),
                            bind_value_time(L, 2, "socket:receive_from", "timeout"));
  lua_settop(L, 1);
  udp->scenario->running->deadline = deadline;
  return receive_more(L, LUA_OK, 0);
}

static int
udp_close_socket(lua_State *L)
{
  BindUdp *udp = bind_self(L, &bind_udp_type, "close");
  bind_check_acting(L, "socket:close");
  bind_value_count(L, 1, "socket:close()");
  if (udp->udp != NULL)
    udp_close(g_steal_pointer(&udp->udp));
  bind_wake_all(&udp->waiters);
  return 0;
}

static bool
get(lua_State *L, void *self, const char *field)
{
  const BindUdp *udp = self;
  if (strcmp(field, "port") == 0)
    lua_pushinteger(L, udp->port);
  else
    lua_pushinteger(L, udp->udp != NULL ? udp_receivable(udp->udp) : 0);
  return true;
}

static void
print(void *self, char *text, size_t size)
{
  const BindUdp *udp = self;
  g_snprintf(text, size, "UDP socket %s:%u", udp->node->name, udp->port);
}

static const BindFunction methods[] = {
    {"send_to", udp_send_to, "destination: Node|string, port: integer, size: Size",
     "integer?, string?",
     "one datagram of so many bytes: the size, or nil and \"too long\" or \"unreachable\""},
    {"write_to", udp_write_to, "destination: Node|string, port: integer, text: string",
     "integer?, string?", "one datagram with this text, likewise"},
    {"receive_from", udp_receive_from, "timeout?: Time", "integer?, string?, integer?, string?",
     "waits: count, address, port, text; or nil and \"timed out\", \"closed\", \"refused\" or "
     "\"unreachable\""},
    {"connect", udp_connect_to, "destination: Node|string, port: integer", NULL,
     "only this peer from now on; what ICMP says of it is told by the next call"},
    {"send", udp_send_connected, "size: Size", "integer?, string?", "one datagram to that peer"},
    {"write", udp_write_connected, "text: string", "integer?, string?",
     "one datagram with this text to that peer"},
    {"close", udp_close_socket, NULL, NULL, "ends it"},
    {.name = NULL},
};
static const BindField fields[] = {
    {"port", "integer", "its port"},
    {"waiting", "integer", "datagrams that can be received now"},
    {.name = NULL},
};

const BindType bind_udp_type = {
    .name = "UDP socket",
    .class = "UdpSocket",
    .help = "a socket for datagrams",
    .example = "socket",
    .methods = methods,
    .fields = fields,
    .get = get,
    .print = print,
};

static const BindType *const types_of_udp[] = {&bind_udp_type, NULL};
static const BindOptions *const options_of_udp[] = {
    &udp_options, &bind_ping_options, &bind_traceroute_options, &bind_inject_options, NULL};
static const BindRecord *const records_of_udp[] = {
    &bind_ping_result, &bind_ping_reply, &bind_traceroute_result, &bind_traceroute_hop, NULL};

const BindGroup bind_group_udp = {
    .name = "datagrams",
    .title = "Datagrams and single packets",
    .help = "UDP, ping, traceroute and packets of no connection: calls of a host",
    .types = types_of_udp,
    .options = options_of_udp,
    .records = records_of_udp,
};
