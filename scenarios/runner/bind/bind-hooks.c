/* bind-hooks: a congestion control of the scenario's own at work: the hooks of TcpCcOps call its
 * functions with `c`, the connection's object (bind-control.c), and with `ack` for an ACK
 * (bind-ack.c) or the window for a cut. An error in one of them ends the run. */
#include "scenarios/runner/bind/bind-congestion.h"

/* What TCP keeps for a connection. */
typedef struct ControlState {
  BindCongestion *own;
  BindControl *control; /* NULL: not there yet */
  int control_ref;
} ControlState;

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
  BindControl *control = bind_control_new(L);
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

static bool
takes_window(CongestionHook hook)
{
  return hook == HOOK_ON_LOSS || hook == HOOK_ON_TIMEOUT || hook == HOOK_ON_MARK;
}

/* Calls a function of the control, if it has it, with `ack` or with `window` where it takes them.
 */
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
  BindControl *control = state->control;
  lua_rawgeti(L, LUA_REGISTRYINDEX, own->hooks[hook]);
  lua_rawgeti(L, LUA_REGISTRYINDEX, state->control_ref);
  if (ack != NULL)
    lua_rawgeti(L, LUA_REGISTRYINDEX, own->ack_ref);
  else if (takes_window(hook))
    lua_pushnumber(L, (double)window);
  control->cc = cc;
  control->set_thresh = false;
  own->ack->ack = ack;
  if (bind_side_call(scenario, own->what, 1 + (ack != NULL || takes_window(hook))))
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

static void
control_control(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  call(cc, state, HOOK_CONTROL, 0, ack);
}

static void
control_measure(TcpCc *cc, void *state, const TcpCcAck *ack)
{
  call(cc, state, HOOK_MEASURE, 0, ack);
}

/* The window comes down to ssthresh; a function that does not assign that says it by cwnd. One with
 * `control` may leave both alone. */
static void
cut(TcpCc *cc, ControlState *state, CongestionHook hook, uint64_t window)
{
  call(cc, state, hook, window, NULL);
  if (state->own->ops.control == NULL && (state->control == NULL || !state->control->set_thresh))
    cc->ssthresh = cc->cwnd;
}

static void
control_on_mark(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  cut(cc, state, HOOK_ON_MARK, window);
}

static void
control_on_loss(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  cut(cc, state, HOOK_ON_LOSS, window);
}

static void
control_on_rto(TcpCc *cc, void *state, uint64_t window, SimTime now)
{
  call(cc, state, HOOK_ON_TIMEOUT, window, NULL);
}

static void
control_on_timeout(TcpCc *cc, void *state, SimTime now)
{
  call(cc, state, HOOK_ON_BACKOFF, 0, NULL);
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
bind_hooks_fill(BindCongestion *own)
{
  const int *hooks = own->hooks;
  TcpCcOps *ops = &own->ops;
  ops->state_size = sizeof(ControlState);
  ops->wants_rate = true;
  ops->init = control_init;
  ops->on_ack = control_on_ack;
  ops->control = hooks[HOOK_CONTROL] != LUA_NOREF ? control_control : NULL;
  ops->measure = hooks[HOOK_MEASURE] != LUA_NOREF ? control_measure : NULL;
  ops->on_mark = hooks[HOOK_ON_MARK] != LUA_NOREF ? control_on_mark : NULL;
  ops->always_marks = true;
  ops->on_loss = control_on_loss;
  ops->on_rto = control_on_rto;
  ops->on_timeout = hooks[HOOK_ON_BACKOFF] != LUA_NOREF ? control_on_timeout : NULL;
  ops->on_recovered = control_on_recovered;
  ops->on_undo = control_on_undo;
  ops->on_idle = control_on_idle;
  ops->release = control_release;
}
