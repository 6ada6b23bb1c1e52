/* scenario-limits: what keeps a scenario from taking memory or time without bound: an allocator
 * that counts, a hook that Lua asks every so many instructions, and a watch that the loop asks
 * every so many events. The last two look for an interrupt, too. */
#include "scenarios/runner/bind/bind.h"

#include <stdlib.h>

#define HOOK_INSTRUCTIONS 100000
#define HOOKS_AN_EVENT 3000 /* 3e8 instructions in one event are without end */
#define WATCH_EVENTS 4096

void *
scenario_allocate(void *data, void *block, size_t old_size, size_t new_size)
{
  Scenario *scenario = data;
  size_t before = block != NULL ? old_size : 0; /* else old_size is a type */
  if (new_size == 0) {
    free(block);
    scenario->memory -= before;
    return NULL;
  }
  if (new_size > before && scenario->memory + (new_size - before) > scenario->settings.memory_limit)
    return NULL;
  void *moved = realloc(block, new_size);
  if (moved != NULL)
    scenario->memory += new_size - before;
  return moved;
}

/* Real time and the user's patience. False: the run is over. */
static bool
go_on(Scenario *scenario)
{
  const ScenarioSettings *settings = &scenario->settings;
  if (settings->interrupted != NULL &&
      settings->interrupted(scenario, settings->interrupted_data)) {
    scenario->interrupted = true;
    return false;
  }
  if (settings->wall_limit > 0 &&
      (double)(g_get_monotonic_time() - scenario->started) > settings->wall_limit * 1e6) {
    scenario_fail(scenario,
                  g_error_new(SIM_ERROR, SIM_ERROR_LIMIT,
                              "the run took longer than --max-wall (%g s)", settings->wall_limit));
    return false;
  }
  return true;
}

static void
hook(lua_State *L, lua_Debug *debug)
{
  Scenario *scenario = bind_scenario(L);
  if (scenario->error == NULL && !scenario->interrupted && ++scenario->hooks < HOOKS_AN_EVENT &&
      go_on(scenario))
    return;
  if (scenario->error == NULL && !scenario->interrupted) {
    const char *source;
    int line = bind_line(L, &source);
    scenario_fail(scenario, g_error_new(SIM_ERROR, SIM_ERROR_LIMIT,
                                        "%s:%d: this runs without end inside one event: no "
                                        "simulated time passes",
                                        source, line));
  }
  lua_sethook(L, hook, LUA_MASKCOUNT, 1); /* no pcall of the scenario's holds it up */
  luaL_error(L, "the run is over");
}

static bool
watch(Sim *sim, void *data)
{
  Scenario *scenario = data;
  if (scenario->ticks > 0 && sim_pending(sim) == scenario->ticks)
    return false;
  if (sim->watch_every == 1 && ++scenario->patience % WATCH_EVENTS != 0)
    return true;
  return go_on(scenario);
}

void
scenario_set_hook(lua_State *L)
{
  lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
}

void
scenario_watch(Scenario *scenario)
{
  sim_watch(scenario->sim, WATCH_EVENTS, watch, scenario);
}

void
scenario_watch_ticks(Scenario *scenario)
{
  if (scenario->sim->watch_every != 1)
    sim_watch(scenario->sim, 1, watch, scenario);
}
