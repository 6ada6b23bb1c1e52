/* bind-conn: connections: what they say of themselves, how they end, what one may watch. */
#include "scenarios/runner/bind/bind-conn.h"

#include <math.h>
#include <string.h>

static const char *const event_names[] = {"state", "loss", "timeout", "recovered", NULL};
static const unsigned event_bits[ON_EVENTS] = {
    0, TCP_EVENT_LOSS, TCP_EVENT_TIMEOUT, TCP_EVENT_RECOVERED};

BindConn *
bind_conn_new(lua_State *L, Scenario *scenario, Node *node)
{
  BindConn *conn = bind_object_new(L, &bind_conn_type, sizeof *conn, 0);
  conn->scenario = scenario;
  conn->node = node;
  conn->self_ref = LUA_NOREF;
  for (int i = 0; i < ON_EVENTS; i++)
    conn->handlers[i] = LUA_NOREF;
  lua_pushvalue(L, -1);
  conn->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  return conn;
}

void
bind_conn_settle(BindConn *conn)
{
  if (!conn->closed || conn->pins > 0 || conn->scenario->closing)
    return;
  lua_State *L = conn->scenario->lua;
  for (int i = 0; i < ON_EVENTS; i++) {
    luaL_unref(L, LUA_REGISTRYINDEX, conn->handlers[i]);
    conn->handlers[i] = LUA_NOREF;
  }
  luaL_unref(L, LUA_REGISTRYINDEX, conn->self_ref);
  conn->self_ref = LUA_NOREF;
}

void
bind_conn_pin(BindConn *conn)
{
  conn->pins++;
}

void
bind_conn_unpin(BindConn *conn)
{
  conn->pins--;
  bind_conn_settle(conn);
}

void
bind_conn_push(lua_State *L, BindConn *conn)
{
  lua_rawgeti(L, LUA_REGISTRYINDEX, conn->self_ref);
}

static void
start_handler(BindConn *conn, int which, const char *first, const char *second)
{
  if (conn->handlers[which] == LUA_NOREF)
    return;
  Coroutine *coroutine =
      bind_coroutine_new_ref(conn->scenario, conn->handlers[which], &conn->node->owner);
  coroutine->conn = conn;
  coroutine->texts[0] = first;
  coroutine->texts[1] = second;
  bind_conn_pin(conn);
}

static void
on_event(TcpConn *tcp, unsigned events, void *user)
{
  BindConn *conn = user;
  if (conn->scenario->closing)
    return;
  if (events & TCP_EVENT_CLOSED)
    conn->closed = true;
  bind_wake_all(&conn->waiters);
  for (int i = 0; i < ON_EVENTS; i++)
    if (events & event_bits[i])
      start_handler(conn, i, NULL, NULL);
  bind_conn_settle(conn);
}

static void
on_state(TcpConn *tcp, TcpState from, TcpState to, void *user)
{
  BindConn *conn = user;
  if (!conn->scenario->closing)
    start_handler(conn, ON_STATE, tcp_state_name(to), tcp_state_name(from));
}

const TcpUserOps bind_conn_ops = {.event = on_event, .state = on_state};

const char *
bind_conn_reason(const BindConn *conn)
{
  TcpError error = tcp_error(conn->tcp);
  return error == TCP_OK || error == TCP_ERROR_ABORTED ? "closed" : tcp_error_name(error);
}

static void
append_end(GString *text, const BindConn *conn, NetAddressId address, uint16_t port)
{
  const Net *net = conn->scenario->net;
  const Node *node = net_address_node(net, address);
  char print[NET_ADDRESS_TEXT];
  if (node != NULL)
    g_string_append(text, node->name);
  else
    g_string_append(text, net_address_print(net_address(net, address), print));
  g_string_append_printf(text, ":%u", port);
}

char *
bind_conn_name(BindConn *conn)
{
  if (conn->tcp == NULL)
    return g_strdup("a connection given up");
  if (conn->scenario->names != NULL)
    return g_strdup(conn_names_of_conn(conn->scenario->names, conn->tcp));
  TcpEndpoints ends = tcp_endpoints(conn->tcp);
  bool opener = tcp_conn_is_opener(conn->tcp);
  GString *text = g_string_new(NULL);
  append_end(text, conn, opener ? ends.local : ends.remote,
             opener ? ends.local_port : ends.remote_port);
  g_string_append_c(text, '-');
  append_end(text, conn, opener ? ends.remote : ends.local,
             opener ? ends.remote_port : ends.local_port);
  return g_string_free(text, FALSE);
}

void
bind_conn_note(BindConn *conn, const char *format, ...)
{
  if (!sim_traced(conn->scenario->sim, NET_TRACE_NOTE))
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *name = bind_conn_name(conn);
  scenario_note(conn->scenario, "call", conn->node, name, text);
}

/* -- what it says of itself -- */

typedef enum { INFO_TEXT, INFO_BYTES, INFO_COUNT, INFO_TIME } InfoKind;

#define INFO(member) offsetof(TcpInfo, member)

/* Fields of conn and of conn:info(). BYTES are 64 bits wide, COUNT 32. */
static const struct {
  const char *name;
  InfoKind kind;
  size_t offset;
} infos[] = {
    {"state", INFO_TEXT, INFO(state)},
    {"recovery", INFO_TEXT, INFO(recovery)},
    {"cwnd", INFO_BYTES, INFO(cwnd)},
    {"ssthresh", INFO_BYTES, INFO(ssthresh)},
    {"flight", INFO_BYTES, INFO(flight)},
    {"snd_wnd", INFO_BYTES, INFO(snd_wnd)},
    {"rcv_wnd", INFO_BYTES, INFO(rcv_wnd)},
    {"srtt", INFO_TIME, INFO(srtt)},
    {"rttvar", INFO_TIME, INFO(rttvar)},
    {"rto", INFO_TIME, INFO(rto)},
    {"backoff", INFO_COUNT, INFO(backoff)},
    {"mss", INFO_COUNT, INFO(mss)},
    {"bytes_sent", INFO_BYTES, INFO(bytes_sent)},
    {"bytes_acked", INFO_BYTES, INFO(bytes_acked)},
    {"bytes_received", INFO_BYTES, INFO(bytes_received)},
    {"segments_sent", INFO_BYTES, INFO(segments_sent)},
    {"segments_received", INFO_BYTES, INFO(segments_received)},
    {"retransmits", INFO_BYTES, INFO(retransmits)},
    {"lost", INFO_BYTES, INFO(lost)},
    {"timeouts", INFO_BYTES, INFO(timeouts)},
    {"duplicate_acks", INFO_BYTES, INFO(duplicate_acks_received)},
    {"opened_at", INFO_TIME, INFO(opened_at)},
    {"connect_time", INFO_TIME, INFO(connect_time)},
};

static void
push_info(lua_State *L, const TcpInfo *info, size_t which)
{
  const char *field = (const char *)info + infos[which].offset;
  uint64_t bytes;
  uint32_t count;
  SimTime time;
  switch (infos[which].kind) {
  case INFO_TEXT:
    lua_pushstring(L, infos[which].offset == INFO(state) ? tcp_state_name(info->state)
                                                         : tcp_recovery_name(info->recovery));
    break;
  case INFO_BYTES:
    memcpy(&bytes, field, sizeof bytes);
    if (bytes == UINT64_MAX)
      lua_pushnumber(L, HUGE_VAL);
    else
      lua_pushinteger(L, (lua_Integer)bytes);
    break;
  case INFO_COUNT:
    memcpy(&count, field, sizeof count);
    lua_pushinteger(L, count);
    break;
  case INFO_TIME:
    memcpy(&time, field, sizeof time);
    if (time == SIM_TIME_NEVER)
      lua_pushnil(L);
    else
      lua_pushnumber(L, sim_time_to_seconds(time));
    break;
  }
}

static bool
push_endpoint(lua_State *L, const BindConn *conn, const char *field)
{
  TcpEndpoints ends = tcp_endpoints(conn->tcp);
  bool local = g_str_has_prefix(field, "local");
  if (g_str_has_suffix(field, "port")) {
    lua_pushinteger(L, local ? ends.local_port : ends.remote_port);
    return true;
  }
  char text[NET_ADDRESS_TEXT];
  lua_pushstring(L, net_address_print(net_address(conn->scenario->net,
                                                  local ? ends.local : ends.remote),
                                      text));
  return true;
}

static bool
conn_get(lua_State *L, void *self, const char *field)
{
  BindConn *conn = self;
  TcpInfo info;
  tcp_info(conn->tcp, &info);
  for (size_t i = 0; i < G_N_ELEMENTS(infos); i++)
    if (strcmp(infos[i].name, field) == 0) {
      push_info(L, &info, i);
      return true;
    }
  return push_endpoint(L, conn, field);
}

static BindConn *
conn_self(lua_State *L, const char *method)
{
  return bind_self(L, &bind_conn_type, method);
}

static int
conn_info(lua_State *L)
{
  BindConn *conn = conn_self(L, "info");
  TcpInfo info;
  tcp_info(conn->tcp, &info);
  lua_createtable(L, 0, G_N_ELEMENTS(infos));
  for (size_t i = 0; i < G_N_ELEMENTS(infos); i++) {
    push_info(L, &info, i);
    lua_setfield(L, -2, infos[i].name);
  }
  return 1;
}

/* -- how it ends -- */

/* One of the calls without arguments. */
static int
end_by(lua_State *L, const char *method, void (*act)(TcpConn *), bool gives_back)
{
  BindConn *conn = conn_self(L, method);
  char call[32], usage[32];
  g_snprintf(call, sizeof call, "conn:%s", method);
  g_snprintf(usage, sizeof usage, "conn:%s()", method);
  bind_check_acting(L, call);
  bind_value_count(L, 1, usage);
  bind_conn_note(conn, "%s()", method);
  conn->given_back = conn->given_back || gives_back;
  act(conn->tcp);
  if (gives_back)
    bind_wake_all(&conn->waiters);
  return 0;
}

static int
conn_close(lua_State *L)
{
  return end_by(L, "close", tcp_close, true);
}

static int
conn_shutdown(lua_State *L)
{
  return end_by(L, "shutdown", tcp_shutdown, false);
}

static int
conn_abort(lua_State *L)
{
  return end_by(L, "abort", tcp_abort, true);
}

static int
conn_vanish(lua_State *L)
{
  return end_by(L, "vanish", tcp_vanish, true);
}

static int
conn_set(lua_State *L)
{
  BindConn *conn = conn_self(L, "set");
  bind_check_acting(L, "conn:set");
  bind_value_count(L, 2, "conn:set{option = value}");
  TcpProfile profile = *tcp_conn_profile(conn->tcp);
  bind_options_check(L, 2, "tcp option", tcp_profile_params, NULL);
  bind_options_read(L, 2, "conn:set", tcp_profile_params, &profile);
  tcp_conn_set_profile(conn->tcp, &profile);
  return 0;
}

static int
conn_on(lua_State *L)
{
  BindConn *conn = conn_self(L, "on");
  bind_check_acting(L, "conn:on");
  bind_value_count(L, 3, "conn:on(event, function)");
  const char *name = bind_value_text(L, 2, "conn:on", "the event");
  bind_value_function(L, 3, "conn:on", "the second argument");
  if (!g_strv_contains(event_names, name))
    bind_error_unknown(L, "event of a connection", name, event_names);
  if (conn->self_ref == LUA_NOREF)
    return 0; /* CLOSED: nothing will happen any more */
  int which = 0;
  while (strcmp(event_names[which], name) != 0)
    which++;
  if (conn->handlers[which] != LUA_NOREF)
    bind_error(L, "conn:on: \"%s\" has a function already", name);
  lua_settop(L, 3);
  conn->handlers[which] = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

static void
conn_print(void *self, char *text, size_t size)
{
  char *name = bind_conn_name(self);
  g_snprintf(text, size, "connection %s", name);
  g_free(name);
}

static void
conn_collect(void *self)
{
  BindConn *conn = self;
  if (!conn->scenario->closing && conn->tcp != NULL)
    tcp_release(g_steal_pointer(&conn->tcp));
}

static const luaL_Reg methods[] = {
    {"send", bind_stream_send},
    {"write", bind_stream_write},
    {"receive", bind_stream_receive},
    {"receive_all", bind_stream_receive_all},
    {"close", conn_close},
    {"shutdown", conn_shutdown},
    {"abort", conn_abort},
    {"vanish", conn_vanish},
    {"set", conn_set},
    {"info", conn_info},
    {"on", conn_on},
    {NULL, NULL},
};

/* Those of `infos` first. */
static const char *const fields[] = {
    "state",         "recovery",   "cwnd",           "ssthresh",      "flight",
    "snd_wnd",       "rcv_wnd",    "srtt",           "rttvar",        "rto",
    "backoff",       "mss",        "bytes_sent",     "bytes_acked",   "bytes_received",
    "segments_sent", "segments_received", "retransmits", "lost",      "timeouts",
    "duplicate_acks", "opened_at", "connect_time",   "local_address", "local_port",
    "remote_address", "remote_port", NULL,
};

const BindType bind_conn_type = {
    .name = "connection",
    .example = "conn",
    .methods = methods,
    .fields = fields,
    .get = conn_get,
    .print = conn_print,
    .collect = conn_collect,
};

void
bind_conn_open(lua_State *L)
{
  bind_type_open(L, &bind_conn_type);
}
