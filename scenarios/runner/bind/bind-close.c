/* bind-close: how a connection ends: close, shutdown, abort and vanish. close with linger waits. */
#include "scenarios/runner/bind/bind-conn.h"

static void
end_by(BindConn *conn, void (*act)(TcpConn *), bool gives_back)
{
  conn->given_back = conn->given_back || gives_back;
  act(conn->tcp);
  if (tcp_state(conn->tcp) == TCP_CLOSED)
    conn->closed = true;
  if (gives_back)
    bind_wake_all(&conn->waiters);
  bind_conn_settle(conn);
}

/* One of the calls without arguments. */
static int
end_call(lua_State *L, const char *method, void (*act)(TcpConn *), bool gives_back)
{
  BindConn *conn = bind_conn_self(L, method);
  char call[32], usage[32];
  g_snprintf(call, sizeof call, "conn:%s", method);
  g_snprintf(usage, sizeof usage, "conn:%s()", method);
  bind_check_acting(L, call);
  bind_value_count(L, 1, usage);
  bind_conn_note(conn, "%s()", method);
  end_by(conn, act, gives_back);
  return 0;
}

/* SO_LINGER: waits until the peer has everything, or the time is over. */
static int
close_more(lua_State *L, int status, lua_KContext context)
{
  BindConn *conn = lua_touserdata(L, 1);
  Scenario *scenario = bind_scenario(L);
  SimTime deadline = scenario->running->deadline;
  conn->lingers = tcp_lingers(conn->tcp) && sim_now(scenario->sim) < deadline;
  if (conn->lingers) {
    scenario->running->waits_conn = conn;
    return bind_wait(L, "conn:close", &conn->waiters, deadline, close_more);
  }
  if (!tcp_lingers(conn->tcp) && tcp_error(conn->tcp) == TCP_OK) {
    lua_pushboolean(L, true);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, tcp_lingers(conn->tcp) ? "timed out" : bind_conn_reason(conn));
  return 2;
}

static const BindField close_extras[] = {
    {"linger", "Time", "0: reset; else wait so long at most until the peer has everything"},
    {.name = NULL},
};

const BindOptions bind_close_options = {
    .name = "CloseOptions",
    .what = "option of close",
    .extras = close_extras,
    .help = "conn:close{...}, as with SO_LINGER",
};

/* close{linger = ...}: as if the option had been set before. */
static void
read_linger(lua_State *L, BindConn *conn)
{
  TcpProfile profile = *tcp_conn_profile(conn->tcp);
  if (!bind_options_check(L, 2, &bind_close_options))
    return;
  lua_getfield(L, 2, "linger");
  if (!lua_isnil(L, -1)) {
    bind_value_param(L, -1, "conn:close", sim_param_find(tcp_profile_params, "linger"), &profile);
    tcp_conn_set_profile(conn->tcp, &profile);
  }
  lua_pop(L, 1);
}

int
bind_close_close(lua_State *L)
{
  BindConn *conn = bind_conn_self(L, "close");
  bind_check_acting(L, "conn:close");
  bind_value_count(L, 2, "conn:close([{linger = time}])");
  lua_settop(L, 2);
  read_linger(L, conn);
  SimTime linger = tcp_conn_profile(conn->tcp)->linger;
  bool waits = linger > 0 && linger != SIM_TIME_NEVER;
  if (waits)
    bind_wait_check(L, "conn:close, which lingers,");
  bind_conn_note(conn, "close()");
  end_by(conn, tcp_close, true);
  if (!waits)
    return 0;
  Scenario *scenario = bind_scenario(L);
  scenario->running->deadline = sim_time_add(sim_now(scenario->sim), linger);
  return close_more(L, LUA_OK, 0);
}

int
bind_close_shutdown(lua_State *L)
{
  return end_call(L, "shutdown", tcp_shutdown, false);
}

int
bind_close_abort(lua_State *L)
{
  return end_call(L, "abort", tcp_abort, true);
}

int
bind_close_vanish(lua_State *L)
{
  return end_call(L, "vanish", tcp_vanish, true);
}
