/* bind-stream: sending and receiving, which wait.
 *
 * Each call keeps what it has done so far in its coroutine (wanted, done, bytes). When something
 * happens to the connection, its look() goes on with it in C; Lua runs again when the call is over.
 */
#include "scenarios/runner/bind/bind-conn.h"

#include <string.h>

/* Resets the coroutine's account for a new call. */
static Coroutine *
begin(lua_State *L, const char *call, uint64_t wanted)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  if (coroutine == NULL) {
    bind_wait_check(L, call); /* which is an error outside of one */
    g_assert_not_reached();
  }
  coroutine->wanted = wanted;
  coroutine->done = 0;
  coroutine->text = NULL;
  coroutine->any = coroutine->has_text = false;
  if (coroutine->bytes != NULL)
    g_byte_array_set_size(coroutine->bytes, 0);
  return coroutine;
}

/* Waits until `look`, which has said no, says yes. */
static int
wait_on(lua_State *L, const char *call, bool (*look)(Coroutine *), lua_KFunction over)
{
  bind_wait_check(L, call);
  Coroutine *coroutine = bind_scenario(L)->running;
  BindConn *conn = lua_touserdata(L, 1);
  coroutine->waits_conn = conn;
  coroutine->look = look;
  return bind_wait(L, call, &conn->waiters, SIM_TIME_NEVER, over);
}

static int
push_failure(lua_State *L, const char *reason, uint64_t count)
{
  lua_pushnil(L);
  lua_pushstring(L, reason);
  lua_pushinteger(L, (lua_Integer)count);
  return 3;
}

/* -- sending -- */

static bool
send_some(Coroutine *coroutine, BindConn *conn)
{
  const char *rest = coroutine->text != NULL ? coroutine->text + coroutine->done : NULL;
  if (coroutine->done < coroutine->wanted)
    coroutine->done += tcp_send(conn->tcp, coroutine->wanted - coroutine->done, rest);
  return coroutine->done == coroutine->wanted || !tcp_may_send(conn->tcp);
}

static bool
look_to_send(Coroutine *coroutine)
{
  return send_some(coroutine, coroutine->waits_conn);
}

static int
send_over(lua_State *L, int status, lua_KContext context)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  if (coroutine->done < coroutine->wanted)
    return push_failure(L, bind_conn_reason(lua_touserdata(L, 1)), coroutine->done);
  lua_pushinteger(L, (lua_Integer)coroutine->done);
  return 1;
}

static int
send_or_wait(lua_State *L, const char *call)
{
  lua_settop(L, 2);
  if (send_some(bind_scenario(L)->running, lua_touserdata(L, 1)))
    return send_over(L, LUA_OK, 0);
  return wait_on(L, call, look_to_send, send_over);
}

int
bind_stream_send(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "send");
  bind_check_acting(L, "conn:send");
  bind_value_count(L, 2, "conn:send(size)");
  uint64_t size = bind_value_size(L, 2, "conn:send", "size");
  bind_conn_note(conn, "send(%" G_GUINT64_FORMAT ")", size);
  begin(L, "conn:send", size);
  return send_or_wait(L, "conn:send");
}

int
bind_stream_write(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "write");
  bind_check_acting(L, "conn:write");
  bind_value_count(L, 2, "conn:write(text)");
  const char *text = bind_value_text(L, 2, "conn:write", "the text");
  bind_conn_note(conn, "write(%" G_GUINT64_FORMAT " bytes)", (uint64_t)lua_rawlen(L, 2));
  begin(L, "conn:write", lua_rawlen(L, 2))->text = text;
  return send_or_wait(L, "conn:write");
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

static bool
receive_some(Coroutine *coroutine, BindConn *conn)
{
  if (!conn->given_back)
    take(coroutine, conn, coroutine->wanted - coroutine->done);
  return coroutine->done == coroutine->wanted || (coroutine->any && coroutine->done > 0) ||
         over(conn);
}

static bool
look_to_receive(Coroutine *coroutine)
{
  return receive_some(coroutine, coroutine->waits_conn);
}

static int
receive_over(lua_State *L, int status, lua_KContext context)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  if (coroutine->any ? coroutine->done > 0 : coroutine->done == coroutine->wanted)
    return push_received(L, coroutine);
  return push_failure(L, bind_conn_reason(lua_touserdata(L, 1)), coroutine->done);
}

int
bind_stream_receive(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "receive");
  bind_check_acting(L, "conn:receive");
  bind_value_count(L, 2, "conn:receive([size])");
  lua_settop(L, 2);
  bool any = lua_isnil(L, 2);
  uint64_t wanted = any ? UINT64_MAX : bind_value_size(L, 2, "conn:receive", "size");
  if (any)
    bind_conn_note(conn, "receive()");
  else
    bind_conn_note(conn, "receive(%" G_GUINT64_FORMAT ")", wanted);
  Coroutine *coroutine = begin(L, "conn:receive", wanted);
  coroutine->any = any;
  if (receive_some(coroutine, conn))
    return receive_over(L, LUA_OK, 0);
  return wait_on(L, "conn:receive", look_to_receive, receive_over);
}

/* The end of the stream, in order or not. */
static int
receive_all_over(lua_State *L, int status, lua_KContext context)
{
  BindConn *conn = lua_touserdata(L, 1);
  Coroutine *coroutine = bind_scenario(L)->running;
  if (conn->given_back || (tcp_state(conn->tcp) == TCP_CLOSED && tcp_error(conn->tcp) != TCP_OK))
    return push_failure(L, bind_conn_reason(conn), coroutine->done);
  return push_received(L, coroutine);
}

int
bind_stream_receive_all(lua_State *L)
{
  BindConn *conn = bind_self(L, &bind_conn_type, "receive_all");
  bind_check_acting(L, "conn:receive_all");
  bind_value_count(L, 1, "conn:receive_all()");
  bind_conn_note(conn, "receive_all()");
  if (receive_some(begin(L, "conn:receive_all", UINT64_MAX), conn))
    return receive_all_over(L, LUA_OK, 0);
  return wait_on(L, "conn:receive_all", look_to_receive, receive_all_over);
}
