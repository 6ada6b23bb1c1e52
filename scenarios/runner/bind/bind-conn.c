/* bind-conn: connections: how long they live, how they end, what one may watch. */
#include "scenarios/runner/bind/bind-conn.h"

#include <string.h>

static const char *const event_names[] = {"state", "loss", "timeout", "recovered", "urgent", NULL};
static const unsigned event_bits[ON_EVENTS] = {0, TCP_EVENT_LOSS, TCP_EVENT_TIMEOUT,
                                               TCP_EVENT_RECOVERED, TCP_EVENT_URGENT};

BindConn *
bind_conn_new(lua_State *L, Scenario *scenario, Node *node)
{
  BindConn *conn = bind_object_new(L, &bind_conn_type, sizeof *conn, 0);
  conn->scenario = scenario;
  conn->node = node;
  conn->self_ref = LUA_NOREF;
  lua_pushvalue(L, -1);
  conn->self_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  return conn;
}

static void
free_handlers(BindConn *conn)
{
  for (int i = 0; i < ON_EVENTS; i++)
    if (conn->handlers[i] != NULL)
      g_array_free(conn->handlers[i], TRUE);
  memset(conn->handlers, 0, sizeof conn->handlers);
}

void
bind_conn_settle(BindConn *conn)
{
  if (!conn->closed || conn->pins > 0 || conn->scenario->closing)
    return;
  lua_State *L = conn->scenario->lua;
  for (int i = 0; i < ON_EVENTS; i++)
    for (guint k = 0; conn->handlers[i] != NULL && k < conn->handlers[i]->len; k++)
      luaL_unref(L, LUA_REGISTRYINDEX, g_array_index(conn->handlers[i], int, k));
  free_handlers(conn);
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

/* Starts the functions that watch this event, in the order in which they were given. TCP calls
 * this, so nothing here may raise: the functions are referred to, not copied. */
static void
start_handlers(BindConn *conn, int which, const char *first, const char *second)
{
  for (guint i = 0; conn->handlers[which] != NULL && i < conn->handlers[which]->len; i++) {
    int function_ref = g_array_index(conn->handlers[which], int, i);
    Coroutine *coroutine = bind_coroutine_new_ref(conn->scenario, function_ref, &conn->node->owner);
    coroutine->conn = conn;
    coroutine->texts[0] = first;
    coroutine->texts[1] = second;
    bind_conn_pin(conn);
  }
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
      start_handlers(conn, i, NULL, NULL);
  bind_conn_settle(conn);
}

static void
on_state(TcpConn *tcp, TcpState from, TcpState to, void *user)
{
  BindConn *conn = user;
  if (conn->scenario->closing)
    return;
  if (conn->lingers)
    bind_wake_all(&conn->waiters);
  start_handlers(conn, ON_STATE, tcp_state_name(to), tcp_state_name(from));
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

BindConn *
bind_conn_self(lua_State *L, const char *method)
{
  return bind_self(L, &bind_conn_type, method);
}

/* TCP_QUICKACK. */
static int
conn_quick_ack(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "quick_ack");
  bind_check_acting(L, "conn:quick_ack");
  bind_value_count(L, 2, "conn:quick_ack([true or false])");
  if (!lua_isnoneornil(L, 2) && !lua_isboolean(L, 2))
    bind_error(L, "conn:quick_ack: true or false is wanted, not %s", bind_value_describe(L, 2));
  bool on = lua_isnoneornil(L, 2) || lua_toboolean(L, 2);
  bind_conn_note(conn, "quick_ack(%s)", on ? "true" : "false");
  tcp_quick_ack(conn->tcp, on);
  return 0;
}

static int
conn_set(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "set");
  bind_check_acting(L, "conn:set");
  bind_value_count(L, 2, "conn:set{option = value}");
  TcpProfile profile = *tcp_conn_profile(conn->tcp);
  bind_options_check(L, 2, &bind_tcp_set);
  bind_tcp_option_fields(L, 2, "conn:set", &profile);
  tcp_conn_set_profile(conn->tcp, &profile);
  return 0;
}

/* A size or a text, at once: what finds no room is not queued. */
static int
conn_send_urgent(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "send_urgent");
  bind_check_acting(L, "conn:send_urgent");
  bind_value_count(L, 2, "conn:send_urgent(size or text)");
  size_t length;
  const char *text = bind_value_bytes(L, 2, &length);
  uint64_t size = text != NULL ? length : bind_value_size(L, 2, "conn:send_urgent", "size");
  bind_conn_note(conn, "send_urgent(%" G_GUINT64_FORMAT ")", size);
  lua_pushinteger(L, (lua_Integer)tcp_send_urgent(conn->tcp, size, text));
  return 1;
}

static int
conn_before_mark(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "before_mark");
  bind_value_count(L, 1, "conn:before_mark()");
  uint64_t before = tcp_before_mark(conn->tcp);
  if (before == UINT64_MAX)
    lua_pushnil(L);
  else
    lua_pushinteger(L, (lua_Integer)before);
  return 1;
}

static int
conn_on(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "on");
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
  lua_settop(L, 3);
  int function_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  if (conn->handlers[which] == NULL)
    conn->handlers[which] = g_array_new(FALSE, FALSE, sizeof(int));
  g_array_append_val(conn->handlers[which], function_ref);
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
  free_handlers(conn);
  if (!conn->scenario->closing && conn->tcp != NULL)
    tcp_release(g_steal_pointer(&conn->tcp));
}

static const BindFunction methods[] = {
    {"send", bind_stream_send, "size: Size", "integer?, string?, integer?",
     "queues so many bytes (zeros on the wire), and waits while the buffer is full"},
    {"write", bind_stream_write, "text: string", "integer?, string?, integer?",
     "queues these bytes, likewise"},
    {"receive", bind_stream_receive, "count?: Size", "integer?, string?, integer?",
     "waits for exactly so many bytes, or for at least one: count and text (where it was written "
     "as text); at the end or on failure nil, the reason and the count"},
    {"receive_all", bind_stream_receive_all, NULL, "integer?, string?, integer?",
     "waits until the end: count and text, or nil, the reason and the count"},
    {"close", bind_close_close, "options?: CloseOptions", "boolean?, string?",
     "FIN: nothing more is sent or received; with linger it waits"},
    {"shutdown", bind_close_shutdown, NULL, NULL, "FIN for sending only: it can still receive"},
    {"abort", bind_close_abort, NULL, NULL, "RST"},
    {"vanish", bind_close_vanish, NULL, NULL, "forgotten without a word"},
    {"set", conn_set, "options: TcpSetOptions", NULL, "changes options of TCP from now on"},
    {"quick_ack", conn_quick_ack, "on?: boolean", NULL, "TCP_QUICKACK: a delayed ACK leaves now"},
    {"send_urgent", conn_send_urgent, "what: Size|string", "integer",
     "urgent data, as RFC 6093 leaves it: a mark behind these bytes; how many found room"},
    {"before_mark", conn_before_mark, NULL, "integer?",
     "how many bytes may be read before the last urgent one; nil: no mark is ahead"},
    {"info", bind_info_table, NULL, "table",
     "all fields but the addresses and ports at once, by their names"},
    {"on", conn_on,
     "event: \"state\"|\"loss\"|\"timeout\"|\"recovered\"|\"urgent\", handler: fun(conn: "
     "Connection, new?: string, old?: string)",
     NULL, "calls the function at each such event, with the states where it is one of state"},
    {.name = NULL},
};

const BindType bind_conn_type = {
    .name = "connection",
    .class = "Connection",
    .help = "one end of a TCP connection, with what TCP_INFO would say of it",
    .example = "conn",
    .methods = methods,
    .fields = bind_info_fields,
    .get = bind_info_get,
    .print = conn_print,
    .collect = conn_collect,
};

static const BindType *const types_of_conn[] = {&bind_conn_type, &bind_listener_type, NULL};
static const BindOptions *const options_of_conn[] = {&bind_connect_options,
                                                     &bind_listen_options,
                                                     &bind_close_options,
                                                     &bind_tcp_all,
                                                     &bind_keepalive_options,
                                                     &bind_tcp_set,
                                                     NULL};

const BindGroup bind_group_conn = {
    .name = "sockets",
    .title = "TCP sockets",
    .help = "connections and listeners: host:connect and host:listen make them",
    .types = types_of_conn,
    .options = options_of_conn,
};
