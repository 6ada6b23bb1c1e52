/* bind-time: now, sleep, at, every, spawn, stop_at and stop.
 *
 * `every` is one coroutine that waits, calls and waits again; while it waits for its next turn it
 * does not keep the run alive. When a call takes longer than the period, the next follows at once.
 */
#include "scenarios/runner/bind/bind.h"

static int
time_now(lua_State *L)
{
  lua_pushnumber(L, sim_time_to_seconds(sim_now(bind_scenario(L)->sim)));
  return 1;
}

/* A time on the clock. One that lies before now by no more than the rounding of a double is now:
 * the last bits of a sum such as now() + 0.1 - 0.1. */
static SimTime
absolute_time(lua_State *L, int index, const char *call)
{
  SimTime now = sim_now(bind_scenario(L)->sim);
  SimTime time = bind_value_time(L, index, call, "time");
  if (time >= now)
    return time;
  SimTime rounding = 1 + (now >> 50);
  if (now - time > rounding) {
    char given[SIM_TIME_TEXT], is[SIM_TIME_TEXT];
    sim_time_print_unit(time, 12, given);
    bind_error(L, "%s: time = %s lies in the past: it is %s now", call, given,
               sim_time_print_unit(now, 12, is));
  }
  return now;
}

static int
sleep_over(lua_State *L, int status, lua_KContext context)
{
  return 0;
}

static int
time_sleep(lua_State *L)
{
  bind_wait_check(L, "sleep");
  bind_value_count(L, 1, "sleep(time)");
  SimTime time = bind_value_time(L, 1, "sleep", "time");
  SimTime now = sim_now(bind_scenario(L)->sim);
  return bind_wait(L, "sleep", NULL, sim_time_add(now, time), sleep_over);
}

static int
time_at(lua_State *L)
{
  bind_check_acting(L, "at");
  bind_check_parallel(L, "at");
  bind_value_count(L, 2, "at(time, function)");
  SimTime time = absolute_time(L, 1, "at");
  bind_value_function(L, 2, "at", "the second argument");
  bind_coroutine_new(L, 2, time, &bind_scenario(L)->sim->scenario);
  return 0;
}

static int
time_spawn(lua_State *L)
{
  bind_check_acting(L, "spawn");
  bind_check_parallel(L, "spawn");
  bind_value_count(L, 1, "spawn(function)");
  bind_value_function(L, 1, "spawn", "the argument");
  Sim *sim = bind_scenario(L)->sim;
  bind_coroutine_new(L, 1, sim_now(sim), &sim->scenario);
  return 0;
}

static int every_turn(lua_State *L, int status, lua_KContext context);

static int
every_wait(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  Coroutine *coroutine = scenario->running;
  SimTime next = sim_time_add(coroutine->tick, coroutine->period);
  coroutine->tick = MAX(next, sim_now(scenario->sim));
  coroutine->patient = true;
  coroutine->in_background = true;
  scenario->ticks++;
  return bind_wait(L, "every", NULL, coroutine->tick, every_turn);
}

/* A call has returned: was it the last? */
static int
every_called(lua_State *L, int status, lua_KContext context)
{
  if (lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1))
    return 0;
  lua_settop(L, 0);
  return every_wait(L);
}

static int
every_turn(lua_State *L, int status, lua_KContext context)
{
  bind_scenario(L)->running->patient = false;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_callk(L, 0, 1, 0, every_called);
  return every_called(L, LUA_OK, 0);
}

static int
every_begin(lua_State *L)
{
  return every_wait(L);
}

static int
time_every(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_acting(L, "every");
  bind_check_parallel(L, "every");
  bind_value_count(L, 2, "every(period, function)");
  SimTime period = bind_value_time(L, 1, "every", "period");
  if (period == 0)
    bind_error(L, "every: period = 0: it must be longer, or no time would ever pass");
  bind_value_function(L, 2, "every", "the second argument");
  lua_settop(L, 2);
  lua_Debug debug;
  lua_pushvalue(L, 2);
  lua_getinfo(L, ">S", &debug);
  lua_pushcclosure(L, every_begin, 1);
  SimTime now = sim_now(scenario->sim);
  Coroutine *coroutine = bind_coroutine_new(L, 2, now, &scenario->sim->scenario);
  coroutine->period = period;
  coroutine->tick = now;
  if (*debug.source == '@') {
    coroutine->line = debug.linedefined;
    coroutine->source = debug.source + 1;
  }
  scenario_watch_ticks(scenario);
  return 0;
}

static int
time_stop_at(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_acting(L, "stop_at");
  bind_value_count(L, 1, "stop_at(time)");
  scenario->stop_at = absolute_time(L, 1, "stop_at");
  if (!scenario->loading) {
    scenario->retarget = true;
    sim_stop(scenario->sim); /* scenario_run() goes on to the new time */
  }
  return 0;
}

static int
time_stop(lua_State *L)
{
  bind_check_acting(L, "stop");
  bind_value_count(L, 0, "stop()");
  bind_scenario(L)->stop_asked = true;
  sim_stop(bind_scenario(L)->sim);
  return 0;
}

static const BindFunction functions[] = {
    {"now", time_now, NULL, "seconds", "the simulated time"},
    {"sleep", time_sleep, "time: Time", NULL, "waits"},
    {"at", time_at, "time: Time, action: fun()", NULL, "calls the function at that time"},
    {"every", time_every, "period: Time, action: fun(): boolean?", NULL,
     "calls it each period from now on, until it returns false; it does not keep a run alive"},
    {"spawn", time_spawn, "action: fun()", NULL, "begins a coroutine of the scenario, now"},
    {"stop_at", time_stop_at, "time: Time", NULL, "ends the run at that time"},
    {"stop", time_stop, NULL, NULL, "ends the run now"},
    {.name = NULL},
};

const BindGroup bind_group_time = {
    .name = "time",
    .title = "Time",
    .help = "the clock, and what happens when",
    .functions = functions,
};
