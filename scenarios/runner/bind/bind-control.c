/* bind-control: a congestion control of the scenario's own at work: the hooks of TcpCcOps call its
 * functions with `c`, the connection's object, and for an ACK with `ack`.
 *
 * `c` has the fields of the control (cwnd, ssthresh, mss ...) in bytes and seconds, and keeps what
 * else the functions store in it. cwnd is a number with its fraction as long as nobody else changes
 * it: TCP itself sees whole bytes. Both objects are empty outside of a call. */
#include "scenarios/runner/bind/bind-congestion.h"

#include <math.h>
#include <string.h>

#define CONTROL "congestion connection"
#define MOST_BYTES 1e15

/* What `c` is. Its user value is the table of its own fields. */
typedef struct Control {
  BindObject object;
  TcpCc *cc;       /* NULL: no function is being called */
  double cwnd;     /* bytes with the fraction, while cc->cwnd is ... */
  uint64_t whole;  /* ... this; 0: not assigned yet */
  bool set_thresh; /* ssthresh was assigned in this call */
} Control;

/* What TCP keeps for a connection. */
typedef struct ControlState {
  BindCongestion *own;
  Control *control; /* NULL: not there yet */
  int control_ref;
} ControlState;

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
  FIELDS
} ControlField;

static const char *const field_names[] = {"cwnd",      "ssthresh",     "mss", "now",
                                          "srtt",      "rttvar",       "rto", "flight",
                                          "ack_limit", "acked_unused", NULL};

bool
bind_control_is_field(const char *name)
{
  return g_strv_contains(field_names, name);
}

/* -- the object c -- */

static void
push_bytes(lua_State *L, uint64_t bytes)
{
  lua_pushnumber(L, bytes == UINT64_MAX ? HUGE_VAL : (double)bytes);
}

static void
push_field(lua_State *L, const Control *control, ControlField field)
{
  const TcpCc *cc = control->cc;
  TcpInfo info = {0};
  if (field >= FIELD_SRTT && field <= FIELD_FLIGHT)
    tcp_info(tcp_conn_of_cc(cc), &info);
  switch (field) {
  case FIELD_CWND:
    lua_pushnumber(L, control->whole == cc->cwnd ? control->cwnd : (double)cc->cwnd);
    break;
  case FIELD_SSTHRESH:
    push_bytes(L, cc->ssthresh);
    break;
  case FIELD_MSS:
    lua_pushinteger(L, cc->mss);
    break;
  case FIELD_NOW:
    lua_pushnumber(L, sim_time_to_seconds(sim_now(bind_scenario(L)->sim)));
    break;
  case FIELD_SRTT:
    lua_pushnumber(L, sim_time_to_seconds(info.srtt));
    break;
  case FIELD_RTTVAR:
    lua_pushnumber(L, sim_time_to_seconds(info.rttvar));
    break;
  case FIELD_RTO:
    lua_pushnumber(L, sim_time_to_seconds(info.rto));
    break;
  case FIELD_FLIGHT:
    push_bytes(L, info.flight);
    break;
  case FIELD_ACK_LIMIT:
    push_bytes(L, cc->ack_limit);
    break;
  case FIELD_ACKED_UNUSED:
    push_bytes(L, cc->acked_unused);
    break;
  case FIELDS:
    break;
  }
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

static Control *
control_self(lua_State *L)
{
  Control *control = luaL_testudata(L, 1, CONTROL);
  if (control == NULL || lua_isnil(L, 2))
    bind_error(L, "c: a field with a name is wanted, such as c.cwnd");
  return control;
}

static void
check_inside(lua_State *L, const Control *control, ControlField field)
{
  if (control->cc == NULL)
    bind_error(L, "c.%s: can be used only within the functions of its congestion control",
               field_names[field]);
}

static int
control_index(lua_State *L)
{
  const Control *control = control_self(L);
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
  const char *name = field_names[field];
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
set_field(lua_State *L, Control *control, ControlField field)
{
  TcpCc *cc = control->cc;
  double value;
  switch (field) {
  case FIELD_CWND:
    control->cwnd = read_bytes(L, field, 1, false);
    cc->cwnd = control->whole = (uint64_t)control->cwnd;
    break;
  case FIELD_SSTHRESH:
    value = read_bytes(L, field, 1, true);
    cc->ssthresh = isinf(value) ? UINT64_MAX : (uint64_t)value;
    control->set_thresh = true;
    break;
  case FIELD_ACKED_UNUSED:
    cc->acked_unused = (uint64_t)read_bytes(L, field, 0, false);
    break;
  default:
    bind_error(L,
               "c.%s can be read, but not assigned; of TCP's own fields cwnd, ssthresh and "
               "acked_unused can",
               field_names[field]);
  }
}

static int
control_newindex(lua_State *L)
{
  Control *control = control_self(L);
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

void
bind_control_open(lua_State *L)
{
  bind_type_open(L, &bind_ack_type);
  luaL_newmetatable(L, CONTROL);
  lua_newtable(L);
  for (int i = 0; i < FIELDS; i++) {
    lua_pushinteger(L, i);
    lua_setfield(L, -2, field_names[i]);
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

/* -- the object ack -- */

static void
push_time(lua_State *L, SimTime time)
{
  if (time > 0)
    lua_pushnumber(L, sim_time_to_seconds(time));
  else
    lua_pushnil(L);
}

static bool
ack_get(lua_State *L, void *self, const char *field)
{
  const TcpCcAck *ack = ((BindAck *)self)->ack;
  if (ack == NULL)
    bind_error(L, "ack.%s: an ACK can be looked at only within on_ack", field);
  if (strcmp(field, "acked") == 0)
    lua_pushinteger(L, (lua_Integer)ack->acked);
  else if (strcmp(field, "flight") == 0)
    lua_pushinteger(L, (lua_Integer)ack->flight);
  else if (strcmp(field, "rtt") == 0)
    push_time(L, ack->rtt);
  else if (strcmp(field, "min_rtt") == 0)
    push_time(L, ack->min_rtt);
  else if (strcmp(field, "una") == 0)
    lua_pushinteger(L, (lua_Integer)ack->una);
  else if (strcmp(field, "nxt") == 0)
    lua_pushinteger(L, (lua_Integer)ack->nxt);
  else
    lua_pushboolean(L, ack->cwnd_limited);
  return true;
}

static const char *const ack_fields[] = {"acked", "flight", "rtt",     "min_rtt",
                                         "una",   "nxt",    "limited", NULL};

const BindType bind_ack_type = {
    .name = "ack", .example = "ack", .fields = ack_fields, .get = ack_get};

/* -- calling -- */

/* The settings as fields of the table on top of the stack. */
static void
push_settings(lua_State *L, const CongestionSettings *settings)
{
  const SimParam *params = settings->own->params;
  for (int i = 0; params[i].name != NULL; i++) {
    switch (params[i].kind) {
    case SIM_PARAM_BOOL:
      lua_pushboolean(L, settings->slots[i].boolean);
      break;
    case SIM_PARAM_TIME:
      lua_pushnumber(L, sim_time_to_seconds(settings->slots[i].time));
      break;
    case SIM_PARAM_SIZE:
    case SIM_PARAM_RATE:
      lua_pushnumber(L, (double)settings->slots[i].bytes);
      break;
    default:
      lua_pushnumber(L, settings->slots[i].number);
    }
    lua_setfield(L, -2, params[i].name);
  }
}

/* In a protected call: a new `c` for the state and settings at 1 and 2; returns it. */
static int
make_control(lua_State *L)
{
  ControlState *state = lua_touserdata(L, 1);
  const CongestionSettings *settings = lua_touserdata(L, 2);
  Control *control = lua_newuserdatauv(L, sizeof *control, 1);
  memset(control, 0, sizeof *control);
  luaL_setmetatable(L, CONTROL);
  lua_newtable(L);
  push_settings(L, settings);
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, -1);
  state->control_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  state->control = control;
  return 1;
}

static bool
ensure_control(TcpCc *cc, ControlState *state)
{
  if (state->control != NULL)
    return true;
  lua_State *L = state->own->scenario->side;
  lua_pushcfunction(L, make_control);
  lua_pushlightuserdata(L, state);
  lua_pushlightuserdata(L, (void *)(uintptr_t)cc->settings);
  if (bind_side_call(state->own->scenario, state->own->what, 2))
    lua_pop(L, 1);
  return state->control != NULL;
}

/* Calls a function of the control, if it has it; `window` for on_loss and on_timeout, else 0. */
static void
call(TcpCc *cc, ControlState *state, CongestionHook hook, uint64_t window, const TcpCcAck *ack)
{
  const CongestionSettings *settings = cc->settings;
  BindCongestion *own = state->own = settings->own;
  Scenario *scenario = own->scenario;
  lua_State *L = scenario->side;
  if (own->hooks[hook] == LUA_NOREF || scenario->error != NULL || !lua_checkstack(L, 6) ||
      !ensure_control(cc, state))
    return;
  Control *control = state->control;
  lua_rawgeti(L, LUA_REGISTRYINDEX, own->hooks[hook]);
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->control_ref);
  if (ack != NULL)
    lua_rawgeti(L, LUA_REGISTRYINDEX, own->ack_ref);
  else if (window > 0)
    lua_pushnumber(L, (double)window);
  control->cc = cc;
  control->set_thresh = false;
  own->ack->ack = ack;
  if (bind_side_call(scenario, own->what, 1 + (ack != NULL || window > 0)))
    lua_pop(L, 1);
  own->ack->ack = NULL;
  control->cc = NULL;
}

static void
control_init(TcpCc *cc, void *state, SimTime now)
{
  call(cc, state, HOOK_INIT, 0, NULL);
}

static void
control_on_ack(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  call(cc, state, HOOK_ON_ACK, 0, ack);
}

/* The window comes down to ssthresh; a function that does not assign that says it by cwnd. */
static void
control_on_loss(TcpCc *cc, void *data, uint64_t window, SimTime now)
{
  ControlState *state = data;
  call(cc, state, HOOK_ON_LOSS, window, NULL);
  if (state->control == NULL || !state->control->set_thresh)
    cc->ssthresh = cc->cwnd;
}

static void
control_on_rto(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  call(cc, state, HOOK_ON_TIMEOUT, window, NULL);
}

static void
control_on_recovered(TcpCc *cc, void *state, SimTime now)
{
  call(cc, state, HOOK_ON_RECOVERED, 0, NULL);
}

static void
control_on_undo(TcpCc *cc, void *state, SimTime now)
{
  call(cc, state, HOOK_ON_UNDO, 0, NULL);
}

static void
control_on_idle(TcpCc *cc, void *state, SimTime now)
{
  call(cc, state, HOOK_ON_IDLE, 0, NULL);
}

static void
control_release(void *data)
{
  ControlState *state = data;
  if (state->control != NULL)
    luaL_unref(state->own->scenario->lua, LUA_REGISTRYINDEX, state->control_ref);
}

void
bind_control_fill(TcpCcOps *ops)
{
  ops->state_size = sizeof(ControlState);
  ops->init = control_init;
  ops->on_ack = control_on_ack;
  ops->on_loss = control_on_loss;
  ops->on_rto = control_on_rto;
  ops->on_recovered = control_on_recovered;
  ops->on_undo = control_on_undo;
  ops->on_idle = control_on_idle;
  ops->release = control_release;
}
