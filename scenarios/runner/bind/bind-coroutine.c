/* bind-coroutine: every function that a scenario hands over runs as a coroutine in simulated time.
 *
 * The life of a Coroutine: made with an event for its start; when that fires, a Lua thread is made
 * and resumed; a call that must wait leaves word what it waits for (bind_wait) and yields; the
 * event brings it back, at its deadline or because somebody woke it, and the call looks again. It
 * ends when the function returns; an error in it ends the run.
 *
 * Models never resume a coroutine: they only have its event scheduled (bind_wake_all), so that a
 * scenario acts when the segment or timer under way has been dealt with. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

static void
unlink_waiter(Coroutine *coroutine)
{
  Coroutine **at = coroutine->queue;
  coroutine->queue = NULL;
  for (; at != NULL && *at != NULL; at = &(*at)->queue_next)
    if (*at == coroutine) {
      *at = coroutine->queue_next;
      return;
    }
}

static void
join_queue(Coroutine *coroutine, Coroutine **queue)
{
  coroutine->queue = queue;
  coroutine->queue_next = NULL;
  while (*queue != NULL)
    queue = &(*queue)->queue_next;
  *queue = coroutine;
}

/* Frees it. Lua references are given back: that never raises. */
static void
coroutine_free(Coroutine *coroutine)
{
  Scenario *scenario = coroutine->scenario;
  unlink_waiter(coroutine);
  sim_cancel(scenario->sim, &coroutine->event);
  if (coroutine->in_background)
    scenario->ticks--;
  *(coroutine->previous != NULL ? &coroutine->previous->next : &scenario->first) = coroutine->next;
  *(coroutine->next != NULL ? &coroutine->next->previous : &scenario->last) = coroutine->previous;
  if (coroutine->conn != NULL)
    bind_conn_unpin(coroutine->conn);
  luaL_unref(scenario->lua, LUA_REGISTRYINDEX, coroutine->thread_ref);
  if (coroutine->function_owned)
    luaL_unref(scenario->lua, LUA_REGISTRYINDEX, coroutine->function_ref);
  if (coroutine->bytes != NULL)
    g_byte_array_unref(coroutine->bytes);
  g_free(coroutine);
}

void
bind_coroutines_free(Scenario *scenario)
{
  while (scenario->first != NULL)
    coroutine_free(scenario->first);
}

/* In a protected call: makes the thread and puts function and arguments on it. Returns how many
 * arguments, or nothing when there is no connection to hand over after all. */
static int
prepare_thread(lua_State *L)
{
  Coroutine *coroutine = lua_touserdata(L, 1);
  lua_State *thread = lua_newthread(L);
  coroutine->thread = thread;
  coroutine->thread_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_rawgeti(thread, LUA_REGISTRYINDEX, coroutine->function_ref);
  int arguments = 0;
  if (coroutine->listener != NULL) {
    if (!bind_listener_take(L, coroutine->listener))
      return 0;
    lua_xmove(L, thread, 1);
    arguments++;
  } else if (coroutine->conn != NULL) {
    bind_conn_push(thread, coroutine->conn);
    arguments++;
  }
  for (int i = 0; i < 2 && coroutine->texts[i] != NULL; i++, arguments++)
    lua_pushstring(thread, coroutine->texts[i]);
  lua_pushinteger(L, arguments);
  return 1;
}

/* The number of arguments on the new thread; -1: there is nothing to run. */
static int
start(Coroutine *coroutine)
{
  Scenario *scenario = coroutine->scenario;
  lua_State *L = scenario->lua;
  lua_pushcfunction(L, prepare_thread); /* the main thread has room: nothing is ever left on it */
  lua_pushlightuserdata(L, coroutine);
  int status = lua_pcall(L, 1, 1, 0);
  if (status != LUA_OK) {
    scenario_fail_lua(scenario, L, status);
    return -1;
  }
  int arguments = lua_isnil(L, -1) ? -1 : (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return arguments;
}

static void
fire(Sim *sim, SimEvent *event)
{
  Coroutine *coroutine = sim_container(event, Coroutine, event);
  Scenario *scenario = coroutine->scenario;
  if (coroutine->in_background) {
    coroutine->in_background = false;
    scenario->ticks--;
  }
  unlink_waiter(coroutine);
  if (coroutine->look != NULL && !coroutine->look(coroutine)) {
    join_queue(coroutine, coroutine->waits_in);
    return;
  }
  coroutine->look = NULL;
  coroutine->waits = NULL;
  coroutine->waits_conn = NULL;
  int arguments = 0, results = 0;
  if (coroutine->thread == NULL && (arguments = start(coroutine)) < 0) {
    coroutine_free(coroutine);
    return;
  }
  scenario_begin_steps(scenario);
  scenario->running = coroutine;
  lua_State *thread = scenario->at = coroutine->thread;
  int status = lua_resume(thread, scenario->lua, arguments, &results);
  scenario->at = NULL;
  if (status == LUA_YIELD && scenario_is_over(scenario)) {
    scenario->running = NULL;
    coroutine_free(coroutine);
    return;
  }
  if (status == LUA_YIELD) {
    lua_pop(thread, results);
    scenario->running = NULL;
    if (coroutine->waits != NULL)
      return;
    lua_settop(thread, 0);
    lua_pushliteral(thread, "coroutine.yield: nothing would resume this function; to wait in "
                            "simulated time, use sleep(t)");
    status = LUA_ERRRUN;
  }
  if (status != LUA_OK)
    scenario_fail_lua(scenario, thread, status);
  scenario->running = NULL;
  coroutine_free(coroutine);
}

static Coroutine *
new_coroutine(Scenario *scenario, int function_ref, SimOwner *owner)
{
  Coroutine *coroutine = g_new0(Coroutine, 1);
  sim_event_init(&coroutine->event, fire);
  coroutine->scenario = scenario;
  coroutine->owner = owner;
  coroutine->thread_ref = LUA_NOREF;
  coroutine->function_ref = function_ref;
  coroutine->deadline = SIM_TIME_NEVER;
  coroutine->previous = scenario->last;
  *(scenario->last != NULL ? &scenario->last->next : &scenario->first) = coroutine;
  scenario->last = coroutine;
  lua_State *L = scenario->lua;
  lua_Debug debug;
  lua_rawgeti(L, LUA_REGISTRYINDEX, function_ref);
  lua_getinfo(L, ">S", &debug);
  coroutine->line = debug.linedefined;
  coroutine->source = *debug.source == '@' ? debug.source + 1 : scenario->settings.path;
  return coroutine;
}

Coroutine *
bind_coroutine_new(lua_State *L, int index, SimTime time, SimOwner *owner)
{
  Scenario *scenario = bind_scenario(L);
  lua_pushvalue(L, index);
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  Coroutine *coroutine = new_coroutine(scenario, ref, owner);
  coroutine->function_owned = true;
  sim_schedule(scenario->sim, &coroutine->event, time, SIM_APPLICATION, owner);
  return coroutine;
}

Coroutine *
bind_coroutine_new_ref(Scenario *scenario, int function_ref, SimOwner *owner)
{
  Coroutine *coroutine = new_coroutine(scenario, function_ref, owner);
  sim_schedule(scenario->sim, &coroutine->event, sim_now(scenario->sim), SIM_APPLICATION, owner);
  return coroutine;
}

void
bind_wait_check(lua_State *L, const char *call)
{
  Scenario *scenario = bind_scenario(L);
  if (scenario->forbidden != NULL)
    bind_error(L, "%s: cannot wait within %s", call, scenario->forbidden);
  if (scenario->running == NULL)
    bind_error(L,
               "%s waits in simulated time, so it must be called in a function that runs then: "
               "host:start(function () ... end), spawn, at, or a handler",
               call);
  if (scenario->running->thread != L || !lua_isyieldable(L))
    bind_error(L,
               "%s cannot wait here: within a coroutine of your own, a sort function or a "
               "metamethod; start the function with spawn",
               call);
}

int
bind_wait(lua_State *L, const char *call, Coroutine **queue, SimTime deadline, lua_KFunction retry)
{
  Coroutine *coroutine = bind_scenario(L)->running;
  coroutine->waits = call;
  coroutine->line = bind_line(L, &coroutine->source);
  coroutine->deadline = deadline;
  coroutine->waits_in = queue;
  if (queue != NULL)
    join_queue(coroutine, queue);
  if (deadline != SIM_TIME_NEVER)
    sim_schedule(coroutine->scenario->sim, &coroutine->event, deadline, SIM_APPLICATION,
                 coroutine->owner);
  return lua_yieldk(L, 0, 0, retry);
}

static void
wake(Coroutine *coroutine)
{
  Sim *sim = coroutine->scenario->sim;
  coroutine->queue = NULL;
  sim_cancel(sim, &coroutine->event);
  sim_schedule(sim, &coroutine->event, sim_now(sim), SIM_APPLICATION, coroutine->owner);
}

void
bind_wake_all(Coroutine **queue)
{
  for (Coroutine *coroutine; (coroutine = *queue) != NULL;) {
    *queue = coroutine->queue_next;
    wake(coroutine);
  }
}

void
bind_coroutines_report(Scenario *scenario)
{
  for (Coroutine *at = scenario->first; at != NULL; at = at->next) {
    if (at->waits == NULL || at->patient)
      continue;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s:%d: waits in %s", at->source, at->line, at->waits);
    if (at->waits_conn != NULL) {
      g_autofree char *name = bind_conn_name(at->waits_conn);
      g_string_append_printf(text, " on %s", name);
    } else if (at->deadline != SIM_TIME_NEVER) {
      char time[SIM_TIME_TEXT];
      g_string_append_printf(text, " until %s s", sim_time_print(at->deadline, time));
    }
    g_ptr_array_add(scenario->unfinished, g_string_free(text, FALSE));
  }
}

bool
bind_side_call(Scenario *scenario, const char *what, int n)
{
  lua_State *L = scenario->side;
  const char *outer = scenario->forbidden;
  Coroutine *running = scenario->running;
  lua_State *at = scenario->at;
  scenario->forbidden = what;
  scenario->running = NULL;
  if (running == NULL) /* called by the network, not by a coroutine that could do so without end */
    scenario_begin_steps(scenario);
  scenario->at = L;
  int status = lua_pcall(L, n, 1, 0);
  scenario->at = at;
  if (status != LUA_OK)
    scenario_fail_lua(scenario, L, status);
  scenario->forbidden = outer;
  scenario->running = running;
  return status == LUA_OK;
}
