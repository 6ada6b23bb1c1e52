/* bind-conn: a connection and a listener as Lua has them.
 *
 * A BindConn is a userdata. While its TCP is not CLOSED, or a coroutine that was started for it has
 * not ended (a pin), a reference keeps it, so that a connection lives on when the scenario has let
 * go of it; afterwards Lua's collector decides, and releases the TCP's side. */
#pragma once

#include "scenarios/runner/bind/bind.h"

enum { ON_STATE, ON_LOSS, ON_TIMEOUT, ON_RECOVERED, ON_URGENT, ON_EVENTS };

struct BindConn {
  BindObject object;
  Scenario *scenario;
  TcpConn *tcp; /* NULL: given up while connecting */
  Node *node;   /* where it is */
  Coroutine *waiters;
  int self_ref;                /* keeps the userdata; LUA_NOREF: it may be collected */
  uint32_t pins;               /* coroutines that were started for it */
  bool closed;                 /* CLOSED was heard */
  bool given_back;             /* the scenario has closed it: nothing more can be received */
  bool lingers;                /* a coroutine waits in close() */
  GArray *handlers[ON_EVENTS]; /* of int, references to functions; owned; NULL: none */
};

struct BindListener {
  BindObject object;
  Scenario *scenario;
  TcpListener *tcp;     /* NULL: closed */
  TcpListenerInfo last; /* what it counted when it was closed */
  Node *node;
  uint16_t port;
  int handler; /* reference to the function; LUA_NOREF: none */
  Coroutine *waiters;
};

/* A userdata on the stack, kept by its reference, whose TCP is to be set by the caller. */
BindConn *bind_conn_new(lua_State *L, Scenario *scenario, Node *node);
/* Lets go of it when it is over. */
void bind_conn_settle(BindConn *conn);
/* "closed", "reset", "timed out" ... */
const char *bind_conn_reason(const BindConn *conn);
/* A line "call" on the timeline. Never raises. */
void bind_conn_note(BindConn *conn, const char *format, ...) G_GNUC_PRINTF(2, 3);
extern const TcpUserOps bind_conn_ops;

/* Argument 1 as a connection, for METHOD. */
BindConn *bind_conn_self(lua_State *L, const char *method);

/* bind-close.c */
int bind_close_close(lua_State *L);
int bind_close_shutdown(lua_State *L);
int bind_close_abort(lua_State *L);
int bind_close_vanish(lua_State *L);

/* bind-info.c: the fields of a connection, and conn:info(). */
extern const BindField bind_info_fields[];
bool bind_info_get(lua_State *L, void *self, const char *field);
int bind_info_table(lua_State *L);

/* bind-stream.c */
int bind_stream_send(lua_State *L);
int bind_stream_write(lua_State *L);
int bind_stream_receive(lua_State *L);
int bind_stream_receive_all(lua_State *L);
