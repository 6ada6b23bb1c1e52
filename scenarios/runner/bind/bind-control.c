/* bind-control: `c`, the connection as the functions of a congestion control see it that a scenario
 * defines.
 *
 * It has the fields of the control (TcpCc: cwnd, ssthresh, mss ...), of its path (TcpCcPath:
 * delivered, pacing_rate ...) and of the connection's round trips, in bytes and seconds, and keeps
 * what else the functions store in it. cwnd is a number with its fraction as long as nobody else
 * changes it: TCP itself sees whole bytes. It is empty outside of a call. */
#include "scenarios/runner/bind/bind-congestion.h"

#include <math.h>
#include <string.h>

#define CONTROL "congestion connection"
#define MOST_BYTES 1e15

typedef enum {
  FIELD_CWND,
  FIELD_SSTHRESH,
  FIELD_MSS,
  FIELD_NOW,
  FIELD_SRTT,
  FIELD_RTTVAR,
  FIELD_RTO,
  FIELD_FLIGHT,
  FIELD_ACK_LIMIT,
  FIELD_ACKED_UNUSED,
  FIELD_DELIVERED,
  FIELD_DELIVERED_MARKED,
  FIELD_LOST,
  FIELD_APP_LIMITED,
  FIELD_PACING_RATE,
  FIELDS
} ControlField;

/* In the order of ControlField. */
static const BindField fields[] = {
    {"cwnd", "number", "bytes, with their fraction", .writable = true},
    {"ssthresh", "number", "bytes; math.huge before the first loss", .writable = true},
    {"mss", "bytes", "the largest segment"},
    {"now", "seconds", "the simulated time"},
    {"srtt", "seconds", "smoothed round-trip time"},
    {"rttvar", "seconds", "its variation"},
    {"rto", "seconds", "retransmission time-out"},
    {"flight", "bytes", "sent and not yet acknowledged"},
    {"ack_limit", "bytes", "what one ACK may add in slow start"},
    {"acked_unused", "bytes",
     "acknowledged and not yet turned into growth; a time-out sets it to 0", .writable = true},
    {"delivered", "bytes", "that have arrived, so far"},
    {"delivered_marked", "bytes", "of them with a mark"},
    {"lost", "bytes", "taken to be lost, so far"},
    {"app_limited", "bytes",
     "until delivered is beyond it rates tell of the application; 0: they do not",
     .writable = true},
    {"pacing_rate", "number", "bytes a second; math.huge: none; only control may set it",
     .writable = true},
    {.name = NULL},
};

const BindRecord bind_control_record = {
    "CongestionConnection",
    "what the functions of a congestion control are given; it keeps what else they store in it",
    fields};

bool
bind_control_is_field(const char *name)
{
  return bind_field_find(fields, name) != NULL;
}

/* -- the object c -- */

static void
push_bytes(lua_State *L, uint64_t bytes)
{
  lua_pushnumber(L, bytes == UINT64_MAX ? HUGE_VAL : (double)bytes);
}

/* Where TCP keeps a field that is bytes, or bytes per second; UINT64_MAX is without limit. NULL:
 * elsewhere. */
static uint64_t *
bytes_of(TcpCc *cc, ControlField field)
{
  switch (field) {
  case FIELD_SSTHRESH:
    return &cc->ssthresh;
  case FIELD_ACK_LIMIT:
    return &cc->ack_limit;
  case FIELD_ACKED_UNUSED:
    return &cc->acked_unused;
  case FIELD_DELIVERED:
    return &cc->path->delivered;
  case FIELD_DELIVERED_MARKED:
    return &cc->path->delivered_marked;
  case FIELD_LOST:
    return &cc->path->lost;
  case FIELD_APP_LIMITED:
    return &cc->path->app_limited;
  case FIELD_PACING_RATE:
    return &cc->path->pacing_rate;
  default:
    return NULL;
  }
}

/* What the connection knows beyond TcpCc. */
static void
push_of_connection(lua_State *L, const TcpCc *cc, ControlField field)
{
  TcpInfo info;
  tcp_info(tcp_conn_of_cc(cc), &info);
  if (field == FIELD_FLIGHT)
    push_bytes(L, info.flight);
  else
    lua_pushnumber(L, sim_time_to_seconds(field == FIELD_SRTT     ? info.srtt
                                          : field == FIELD_RTTVAR ? info.rttvar
                                                                  : info.rto));
}

static void
push_field(lua_State *L, const BindControl *control, ControlField field)
{
  TcpCc *cc = control->cc;
  if (field == FIELD_CWND)
    lua_pushnumber(L, control->whole == cc->cwnd ? control->cwnd : (double)cc->cwnd);
  else if (field == FIELD_MSS)
    lua_pushinteger(L, cc->mss);
  else if (field == FIELD_NOW)
    lua_pushnumber(L, sim_time_to_seconds(sim_now(bind_scenario(L)->sim)));
  else if (bytes_of(cc, field) != NULL)
    push_bytes(L, *bytes_of(cc, field));
  else
    push_of_connection(L, cc, field);
}

/* The field that the key at 2 names, or FIELDS. Upvalue 1: from names to numbers. */
static ControlField
field_of(lua_State *L)
{
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  ControlField field = lua_isnil(L, -1) ? FIELDS : (ControlField)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return field;
}

static BindControl *
control_self(lua_State *L)
{
  BindControl *control = luaL_testudata(L, 1, CONTROL);
  if (control == NULL || lua_isnil(L, 2))
    bind_error(L, "c: a field with a name is wanted, such as c.cwnd");
  return control;
}

static void
check_inside(lua_State *L, const BindControl *control, ControlField field)
{
  if (control->cc == NULL)
    bind_error(L, "c.%s: can be used only within the functions of its congestion control",
               fields[field].name);
}

static int
control_index(lua_State *L)
{
  const BindControl *control = control_self(L);
  ControlField field = field_of(L);
  if (field == FIELDS) {
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
  } else {
    check_inside(L, control, field);
    push_field(L, control, field);
  }
  return 1;
}

/* The number at 3 as bytes from `min` on; HUGE_VAL where it may be without limit. */
static double
read_bytes(lua_State *L, ControlField field, double min, bool may_be_infinite)
{
  const char *name = fields[field].name;
  if (lua_type(L, 3) != LUA_TNUMBER)
    bind_error(L, "c.%s: a number of bytes is wanted, not %s", name, bind_value_describe(L, 3));
  double value = lua_tonumber(L, 3);
  bool infinite = may_be_infinite && value == HUGE_VAL;
  if (infinite || (value >= min && value <= MOST_BYTES))
    return value;
  char given[G_ASCII_DTOSTR_BUF_SIZE];
  bind_error(L, "c.%s = %s: a number of bytes is wanted, at least %g%s", name,
             isnan(value) ? "nan" : g_ascii_formatd(given, sizeof given, "%.14g", value), min,
             value > MOST_BYTES ? ", and less than 1e15" : "");
}

static void
set_field(lua_State *L, BindControl *control, ControlField field)
{
  TcpCc *cc = control->cc;
  const CongestionSettings *settings = cc->settings;
  bool thresh = field == FIELD_SSTHRESH, rate = field == FIELD_PACING_RATE;
  if (field == FIELD_CWND) {
    control->cwnd = read_bytes(L, field, 1, false);
    cc->cwnd = control->whole = (uint64_t)control->cwnd;
    return;
  }
  uint64_t *bytes = bytes_of(cc, field);
  bool assignable = thresh || rate || field == FIELD_ACKED_UNUSED || field == FIELD_APP_LIMITED;
  if (bytes == NULL || !assignable)
    bind_error(L,
               "c.%s can be read, but not assigned; of TCP's own fields cwnd, ssthresh, "
               "pacing_rate, acked_unused and app_limited can",
               fields[field].name);
  if (rate && settings->own->ops.control == NULL)
    bind_error(L, "c.pacing_rate: it follows cwnd; a congestion control with the function control "
                  "sets it");
  double value = read_bytes(L, field, thresh || rate ? 1 : 0, thresh || rate);
  *bytes = isinf(value) ? UINT64_MAX : (uint64_t)value;
  control->set_thresh = control->set_thresh || thresh;
}

static int
control_newindex(lua_State *L)
{
  BindControl *control = control_self(L);
  ControlField field = field_of(L);
  if (field == FIELDS) {
    lua_getiuservalue(L, 1, 1);
    lua_insert(L, 2);
    lua_rawset(L, 2);
    return 0;
  }
  check_inside(L, control, field);
  set_field(L, control, field);
  return 0;
}

static int
control_tostring(lua_State *L)
{
  lua_pushliteral(L, CONTROL);
  return 1;
}

BindControl *
bind_control_new(lua_State *L)
{
  BindControl *control = lua_newuserdatauv(L, sizeof *control, 1);
  *control = (BindControl){.cc = NULL};
  luaL_setmetatable(L, CONTROL);
  return control;
}

void
bind_control_open(lua_State *L)
{
  luaL_newmetatable(L, CONTROL);
  lua_newtable(L);
  for (int i = 0; i < FIELDS; i++) {
    lua_pushinteger(L, i);
    lua_setfield(L, -2, fields[i].name);
  }
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, control_index, 1);
  lua_setfield(L, -3, "__index");
  lua_pushcclosure(L, control_newindex, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushcfunction(L, control_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_pushliteral(L, "the connection c");
  lua_setfield(L, -2, "described");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
