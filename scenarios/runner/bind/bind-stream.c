/* bind-stream: sending and receiving, which wait.
 *
 * Each call keeps what it has done so far in its coroutine (wanted, done, bytes) and is called
 * again from the start of its loop when something has happened to the connection. */
#include "scenarios/runner/bind/bind-conn.h"

#include <string.h>

/* Resets the coroutine's account for a new call. */
static Coroutine *
begin(lua_State *L, const char *call, uint64_t wanted)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  if (coroutine == NULL)
    bind_wait_check(L, call);
  coroutine->wanted = wanted;
  coroutine->done = 0;
  coroutine->has_text = false;
  if (coroutine->bytes != NULL)
    g_byte_array_set_size(coroutine->bytes, 0);
  return coroutine;
}

static int
wait_on(lua_State *L, const char *call, BindConn *conn, lua_KFunction retry)
{
  bind_wait_check(L, call);
  bind_scenario(L)->running->waits_conn = conn;
  return bind_wait(L, call, &conn->waiters, SIM_TIME_NEVER, retry);
}

static int
push_failure(lua_State *L, const char *reason, uint64_t count)
{
  lua_pushnil(L);
  lua_pushstring(L, reason);
  lua_pushinteger(L, (lua_Integer)count);
  return 3;
}

/* -- sending: argument 2 is a text (write) or a size (send) -- */

static int send_more(lua_State *L, int status, lua_KContext context);

static int
send_step(lua_State *L, bool is_text)
{
  BindConn *conn = lua_touserdata(L, 1);
  Coroutine *coroutine = bind_scenario(L)->running;
  const char *text = is_text ? lua_tostring(L, 2) : NULL;
  const char *rest = text != NULL ? text + coroutine->done : NULL;
  if (coroutine->done < coroutine->wanted)
    coroutine->done += tcp_send(conn->tcp, coroutine->wanted - coroutine->done, rest);
  if (coroutine->done == coroutine->wanted) {
    lua_pushinteger(L, (lua_Integer)coroutine->done);
    return 1;
  }
  if (!tcp_may_send(conn->tcp))
    return push_failure(L, bind_conn_reason(conn), coroutine->done);
  return wait_on(L, is_text ? "conn:write" : "conn:send", conn, send_more);
}

static int
send_more(lua_State *L, int status, lua_KContext context)
{
  return send_step(L, lua_toboolean(L, 3));
}

/* The stack is (conn, what, whether it is a text to write). */
static int
send_begin(lua_State *L, const char *call, bool is_text, uint64_t wanted)
{
  begin(L, call, wanted);
  lua_settop(L, 2);
  lua_pushboolean(L, is_text);
  return send_step(L, is_text);
}

int
bind_stream_send(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "send");
  bind_check_acting(L, "conn:send");
  bind_value_count(L, 2, "conn:send(size)");
  uint64_t size = bind_value_size(L, 2, "conn:send", "size");
  bind_conn_note(conn, "send(%" G_GUINT64_FORMAT ")", size);
  return send_begin(L, "conn:send", false, size);
}

int
bind_stream_write(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "write");
  bind_check_acting(L, "conn:write");
  bind_value_count(L, 2, "conn:write(text)");
  bind_value_text(L, 2, "conn:write", "the text");
  bind_conn_note(conn, "write(%" G_GUINT64_FORMAT " bytes)", (uint64_t)lua_rawlen(L, 2));
  return send_begin(L, "conn:write", true, lua_rawlen(L, 2));
}

/* -- receiving -- */

/* Takes what is there, up to `max`; bytes that were only counted are zeros in a text. */
static uint64_t
take(Coroutine *coroutine, BindConn *conn, uint64_t max)
{
  if (coroutine->bytes == NULL)
    coroutine->bytes = g_byte_array_new();
  GByteArray *bytes = coroutine->bytes;
  bool is_text = false;
  uint64_t count = tcp_receive(conn->tcp, max, bytes, &is_text);
  if (is_text && !coroutine->has_text && coroutine->done > 0) {
    guint length = bytes->len;
    g_byte_array_set_size(bytes, length + (guint)coroutine->done);
    memmove(bytes->data + coroutine->done, bytes->data, length);
    memset(bytes->data, 0, coroutine->done);
  } else if (!is_text && coroutine->has_text && count > 0) {
    guint length = bytes->len;
    g_byte_array_set_size(bytes, length + (guint)count);
    memset(bytes->data + length, 0, count);
  }
  coroutine->has_text = coroutine->has_text || is_text;
  coroutine->done += count;
  return count;
}

static int
push_received(lua_State *L, Coroutine *coroutine)
{
  lua_pushinteger(L, (lua_Integer)coroutine->done);
  if (coroutine->has_text)
    lua_pushlstring(L, (const char *)coroutine->bytes->data, coroutine->bytes->len);
  else
    lua_pushnil(L);
  return 2;
}

/* Whether nothing more will come, in order or not. */
static bool
over(const BindConn *conn)
{
  return conn->given_back || tcp_state(conn->tcp) == TCP_CLOSED || tcp_at_end(conn->tcp);
}

static int
receive_more(lua_State *L, int status, lua_KContext context)
{
  BindConn *conn = lua_touserdata(L, 1);
  Coroutine *coroutine = bind_scenario(L)->running;
  bool any = lua_isnil(L, 2); /* receive() without a number */
  if (!conn->given_back)
    take(coroutine, conn, any ? UINT64_MAX : coroutine->wanted - coroutine->done);
  if (any ? coroutine->done > 0 : coroutine->done == coroutine->wanted)
    return push_received(L, coroutine);
  if (over(conn))
    return push_failure(L, bind_conn_reason(conn), coroutine->done);
  return wait_on(L, "conn:receive", conn, receive_more);
}

int
bind_stream_receive(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "receive");
  bind_check_acting(L, "conn:receive");
  bind_value_count(L, 2, "conn:receive([size])");
  lua_settop(L, 2);
  uint64_t wanted = 0;
  if (!lua_isnil(L, 2)) {
    wanted = bind_value_size(L, 2, "conn:receive", "size");
    bind_conn_note(conn, "receive(%" G_GUINT64_FORMAT ")", wanted);
  } else {
    bind_conn_note(conn, "receive()");
  }
  begin(L, "conn:receive", wanted);
  return receive_more(L, LUA_OK, 0);
}

static int
receive_all_more(lua_State *L, int status, lua_KContext context)
{
  BindConn *conn = lua_touserdata(L, 1);
  Coroutine *coroutine = bind_scenario(L)->running;
  if (!conn->given_back)
    take(coroutine, conn, UINT64_MAX);
  if (conn->given_back || (tcp_state(conn->tcp) == TCP_CLOSED && tcp_error(conn->tcp) != TCP_OK))
    return push_failure(L, bind_conn_reason(conn), coroutine->done);
  if (over(conn))
    return push_received(L, coroutine);
  return wait_on(L, "conn:receive_all", conn, receive_all_more);
}

int
bind_stream_receive_all(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "receive_all");
  bind_check_acting(L, "conn:receive_all");
  bind_value_count(L, 1, "conn:receive_all()");
  bind_conn_note(conn, "receive_all()");
  begin(L, "conn:receive_all", 0);
  return receive_all_more(L, LUA_OK, 0);
}
