/* bind-ack: what stands for an ACK in the functions of a congestion control that a scenario
 * defines: TcpCcAck, and what it tells of the path (TcpCcSample), in bytes and seconds. A time or a
 * rate that is not known is nil. It is empty outside of a call. */
#include "scenarios/runner/bind/bind-congestion.h"

#define ACK "ack"

typedef enum { BYTES, TIME, FLAG, RATE } AckKind;

typedef struct AckField {
  const char *name;
  AckKind kind;
  bool of_sample; /* the offset is in TcpCcSample, not in TcpCcAck */
  size_t offset;
} AckField;

#define OF_ACK(member) false, offsetof(TcpCcAck, member)
#define OF_SAMPLE(member) true, offsetof(TcpCcSample, member)

static const AckField sources[] = {
    {"acked", BYTES, OF_ACK(acked)},
    {"flight", BYTES, OF_ACK(flight)},
    {"rtt", TIME, OF_ACK(rtt)},
    {"min_rtt", TIME, OF_ACK(min_rtt)},
    {"una", BYTES, OF_ACK(una)},
    {"nxt", BYTES, OF_ACK(nxt)},
    {"limited", FLAG, OF_ACK(cwnd_limited)},
    {"recovering", FLAG, OF_ACK(recovering)},
    {"repairing", FLAG, OF_ACK(repairing)},
    {"next_send_at", TIME, OF_ACK(next_send_at)},
    {"arrived", BYTES, OF_SAMPLE(acked)},
    {"marked", BYTES, OF_SAMPLE(acked_marked)},
    {"lost", BYTES, OF_SAMPLE(lost)},
    {"flight_before", BYTES, OF_SAMPLE(prior_flight)},
    {"flight_now", BYTES, OF_SAMPLE(flight)},
    {"delivered", BYTES, OF_SAMPLE(delivered)},
    {"delivered_before", BYTES, OF_SAMPLE(prior_delivered)},
    {"interval", TIME, OF_SAMPLE(interval)},
    {"rate", RATE, OF_SAMPLE(delivered)},
    {"rtt_of_last", TIME, OF_SAMPLE(rtt)},
    {"app_limited", FLAG, OF_SAMPLE(app_limited)},
    {"delayed", FLAG, OF_SAMPLE(ack_delayed)},
};

/* In the order of `sources`. */
static const BindField fields[] = {
    {"acked", "bytes", "acknowledged anew"},
    {"flight", "bytes", "before this ACK"},
    {"rtt", "seconds?", "nil: no sample"},
    {"min_rtt", "seconds?", "the least so far"},
    {"una", "integer", "position in the stream of the oldest byte that is not acknowledged"},
    {"nxt", "integer",
     "position of the next byte; a round trip is over when una reaches what nxt was"},
    {"limited", "boolean", "cwnd was in use: it may grow"},
    {"recovering", "boolean", "a loss is being repaired"},
    {"repairing", "boolean", "after a time-out"},
    {"next_send_at", "seconds?", "when pacing lets the next segment go"},
    {"arrived", "bytes", "that arrived, by this ACK"},
    {"marked", "bytes", "of them with a mark"},
    {"lost", "bytes", "found to be lost, by this ACK"},
    {"flight_before", "bytes", "without what is known to be lost or to have arrived"},
    {"flight_now", "bytes", "the same after this ACK"},
    {"delivered", "bytes", "that arrived in interval"},
    {"delivered_before", "bytes",
     "what c.delivered was when the segment that arrived last was sent"},
    {"interval", "seconds?", "of the rate sample"},
    {"rate", "number?", "bytes a second that arrive; nil: no sample"},
    {"rtt_of_last", "seconds?",
     "round trip of the segment that arrived last; nil: it was sent more than once"},
    {"app_limited", "boolean", "the application set the pace"},
    {"delayed", "boolean", "the peer may have waited with it"},
    {.name = NULL},
};

const BindRecord bind_ack_record = {"Ack", "what on_ack, control and measure are given", fields};

static void
push_time(lua_State *L, SimTime time)
{
  if (time > 0)
    lua_pushnumber(L, sim_time_to_seconds(time));
  else
    lua_pushnil(L);
}

static void
push_field(lua_State *L, const TcpCcAck *ack, const AckField *field)
{
  static const TcpCcSample none = {0};
  const TcpCcSample *sample = ack->sample != NULL ? ack->sample : &none;
  const void *at = (field->of_sample ? (const char *)sample : (const char *)ack) + field->offset;
  switch (field->kind) {
  case BYTES:
    lua_pushinteger(L, (lua_Integer) * (const uint64_t *)at);
    break;
  case TIME:
    push_time(L, *(const SimTime *)at);
    break;
  case FLAG:
    lua_pushboolean(L, *(const bool *)at);
    break;
  case RATE:
    if (sample->interval > 0)
      lua_pushnumber(L, (double)sample->delivered / sim_time_to_seconds(sample->interval));
    else
      lua_pushnil(L);
    break;
  }
}

G_NORETURN static void
no_such_field(lua_State *L)
{
  const char *names[G_N_ELEMENTS(sources) + 1] = {NULL};
  for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
    names[i] = sources[i].name;
  bind_error_unknown(L, "field of an ack", luaL_tolstring(L, 2, NULL), names);
}

/* Upvalue 1: from names to rows. */
static int
ack_index(lua_State *L)
{
  const BindAck *self = luaL_testudata(L, 1, ACK);
  lua_pushvalue(L, 2);
  if (self == NULL || lua_rawget(L, lua_upvalueindex(1)) != LUA_TNUMBER)
    no_such_field(L);
  const AckField *field = &sources[lua_tointeger(L, -1)];
  if (self->ack == NULL)
    bind_error(L, "ack.%s: an ACK can be looked at only within the function that is given it",
               field->name);
  push_field(L, self->ack, field);
  return 1;
}

static int
ack_newindex(lua_State *L)
{
  bind_error(L, "ack.%s cannot be assigned: an ack has nothing that can; c has",
             luaL_tolstring(L, 2, NULL));
}

static int
ack_tostring(lua_State *L)
{
  lua_pushliteral(L, ACK);
  return 1;
}

BindAck *
bind_ack_new(lua_State *L)
{
  BindAck *ack = lua_newuserdatauv(L, sizeof *ack, 0);
  ack->ack = NULL;
  luaL_setmetatable(L, ACK);
  return ack;
}

void
bind_ack_open(lua_State *L)
{
  luaL_newmetatable(L, ACK);
  lua_newtable(L);
  for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
    lua_pushinteger(L, (lua_Integer)i);
    lua_setfield(L, -2, sources[i].name);
  }
  lua_pushcclosure(L, ack_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, ack_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, ack_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "an ack");
  lua_setfield(L, -2, "described");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
