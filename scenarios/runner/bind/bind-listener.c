/* bind-listener: host:listen and listener:accept: how connections are accepted.
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

static const BindField listen_extras[] = {
    {"backlog", "integer",
     "how many connections may wait for accept, and how many openings for their end"},
    {"tcp", "TcpOptions", "TCP of the connections that are accepted"},
    {.name = NULL},
};

const BindOptions bind_listen_options = {
    .name = "ListenOptions",
    .what = "option of listen",
    .extras = listen_extras,
    .help = "host:listen(port, handler, {...})",
};

/* The options of listen at `index`, over the host's profile. */
static TcpProfile
listen_options(lua_State *L, int index, BindNode *host)
{
  TcpProfile profile = *tcp_host_profile(host->tcp);
  if (!bind_options_check(L, index, &bind_listen_options))
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
  bind_check_parallel(L, "host:listen");
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
  lua_pushinteger(L, (lua_Integer)wide + narrow);
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

static const BindFunction methods[] = {
    {"accept", listener_accept, "timeout?: Time", "Connection?, string?",
     "waits for a connection that is ready; or nil and \"timed out\" or \"closed\""},
    {"close", listener_close, NULL, NULL, "ends it; connections that were accepted stay"},
    {"info", listener_info, NULL, "table", "all fields at once, by their names"},
    {.name = NULL},
};
/* Those of `infos` first. */
static const BindField fields[] = {
    {"half_open", "integer", "openings that wait for their ACK now"},
    {"ready", "integer", "connections that wait for accept now"},
    {"most_half_open", "integer", "the most of the former at once"},
    {"most_ready", "integer", "the most of the latter at once"},
    {"dropped", "integer", "SYNs and third packets that found a queue full"},
    {"overflows", "integer", "of them, those for which it was the accept queue"},
    {"deferred", "integer", "third packets that were put off (defer_accept)"},
    {"cookies_sent", "integer", "SYN+ACKs for which nothing was kept"},
    {"cookies_received", "integer", "cookies that came back and were good"},
    {"cookies_failed", "integer", "cookies that were wrong or too old: reset"},
    {"port", "integer", "where it listens"},
    {.name = NULL},
};

const BindType bind_listener_type = {
    .name = "listener",
    .class = "Listener",
    .help = "a port on which connections are accepted, with its two queues",
    .example = "listener",
    .methods = methods,
    .fields = fields,
    .get = listener_get,
    .print = listener_print,
};
