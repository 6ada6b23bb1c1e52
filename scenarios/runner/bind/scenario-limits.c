/* scenario-limits: what keeps a scenario from taking memory or time without bound: an allocator
 * that counts, a hook that Lua asks every so many instructions, and a watch that the loop asks
 * every so many events. The last two look for an interrupt, too.
 *
 * None of them is asked while one call of Lua's own library goes on (a pattern that explodes, a
 * table of 2^62 elements that is moved): then the process is ended from outside (watchdog.c), and
 * scenario_where() says where it was. */
#include "scenarios/runner/bind/bind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HOOK_INSTRUCTIONS 100000
#define STEPS_DEFAULT UINT64_C(300000000)
#define STEPS_OF_EVENT 30 /* an event at the same moment as the one before counts as so many */
#define WATCH_EVENTS 4096
#define LINE_DIGITS 12

/* Of Lua and of the simulation. */
static uint64_t
memory_of(const Scenario *scenario)
{
  return scenario->memory + (scenario->sim != NULL ? scenario->sim->memory : 0);
}

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
  if (new_size > before &&
      memory_of(scenario) + (new_size - before) > scenario->settings.memory_limit)
    return NULL;
  void *moved = realloc(block, new_size);
  if (moved != NULL)
    scenario->memory += new_size - before;
  else
    scenario->refused = true;
  return moved;
}

static uint64_t
steps_limit(const Scenario *scenario)
{
  uint64_t limit = scenario->settings.steps_limit;
  return limit > 0 ? limit : STEPS_DEFAULT;
}

/* What of the run is beyond its limits, whoever looks. NULL: nothing. g_free. */
static char *
find_excess(const Scenario *scenario)
{
  const ScenarioSettings *settings = &scenario->settings;
  if (memory_of(scenario) > settings->memory_limit) {
    g_autofree char *limit = sim_quantity_print(SIM_QUANTITY_SIZE, (double)settings->memory_limit);
    return g_strdup_printf("the scenario takes more memory than --max-memory (%s)", limit);
  }
  if (settings->wall_limit > 0 &&
      (double)(g_get_monotonic_time() - scenario->started) > settings->wall_limit * 1e6)
    return g_strdup_printf("the run took longer than --max-wall (%g s)", settings->wall_limit);
  return NULL;
}

static bool
is_interrupted(Scenario *scenario)
{
  const ScenarioSettings *settings = &scenario->settings;
  if (settings->interrupted != NULL && settings->interrupted(scenario, settings->interrupted_data))
    scenario->interrupted = true;
  return scenario->interrupted;
}

static void
hook(lua_State *L, lua_Debug *debug)
{
  Scenario *scenario = bind_scenario(L);
  scenario->steps += scenario->hook_every;
  if (scenario->error == NULL && !is_interrupted(scenario)) {
    g_autofree char *excess = find_excess(scenario);
    if (excess == NULL && scenario->steps >= steps_limit(scenario))
      excess = g_strdup_printf("this runs without end inside one event: no simulated time passes "
                               "(--max-steps, %" PRIu64 ")",
                               steps_limit(scenario));
    if (excess == NULL)
      return;
    const char *source;
    int line = bind_line(L, &source);
    scenario_fail(scenario,
                  g_error_new(SIM_ERROR, SIM_ERROR_LIMIT, "%s:%d: %s", source, line, excess));
  }
  /* A coroutine stands still for good: unwinding would have to pass each pcall and each <close>
   * that the scenario has nested, and Lua walks the whole stack at each of them. Whoever resumed it
   * is stopped in the same way when its turn comes. */
  if (scenario->at != NULL)
    lua_sethook(scenario->at, hook, LUA_MASKCOUNT, 1);
  lua_sethook(L, hook, LUA_MASKCOUNT, 1); /* no pcall of the scenario's holds it up */
  if (lua_isyieldable(L))
    lua_yield(L, 0);
  else
    luaL_error(L, "the run is over");
}

/* Too many events at one moment: something answers itself without a delay. */
static char *
find_standstill(Scenario *scenario)
{
  const Sim *sim = scenario->sim;
  if (sim_now(sim) != scenario->moment) {
    scenario->moment = sim_now(sim);
    scenario->moment_events = sim->events;
  }
  uint64_t events = sim->events - scenario->moment_events;
  if (events < steps_limit(scenario) / STEPS_OF_EVENT)
    return NULL;
  char time[SIM_TIME_TEXT];
  return g_strdup_printf("at %s s: %" PRIu64
                         " events and no simulated time passes (--max-steps, of which "
                         "an event counts for %d)",
                         sim_time_print(sim_now(sim), time), events, STEPS_OF_EVENT);
}

static bool
watch(Sim *sim, void *data)
{
  Scenario *scenario = data;
  if (scenario->ticks > 0 && sim_pending(sim) == scenario->ticks)
    return false;
  if (sim->watch_every == 1 && ++scenario->patience % WATCH_EVENTS != 0)
    return true;
  if (is_interrupted(scenario))
    return false;
  g_autofree char *excess = find_excess(scenario);
  if (excess == NULL)
    excess = find_standstill(scenario);
  if (excess == NULL)
    return true;
  scenario_fail(scenario,
                g_error_new(SIM_ERROR, SIM_ERROR_LIMIT, "%s: %s", scenario->settings.path, excess));
  return false;
}

void
scenario_set_hook(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  scenario->hook_every = (uint32_t)MIN(steps_limit(scenario), HOOK_INSTRUCTIONS);
  lua_sethook(L, hook, LUA_MASKCOUNT, (int)scenario->hook_every);
}

void
scenario_begin_steps(Scenario *scenario)
{
  scenario->steps = 0;
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

/* Appends ":LINE" without the C library, which may be in the middle of something. */
static void
append_line(char *text, size_t size, int line)
{
  char digits[LINE_DIGITS];
  int count = 0;
  for (; line > 0; line /= 10)
    digits[count++] = (char)('0' + line % 10);
  size_t length = strlen(text);
  if (count == 0 || length + (size_t)count + 1 >= size)
    return;
  text[length++] = ':';
  while (count > 0)
    text[length++] = digits[--count];
  text[length] = '\0';
}

void
scenario_where(const Scenario *scenario, char *text, size_t size)
{
  const char *source = scenario->settings.path;
  int line = scenario->at != NULL ? bind_line(scenario->at, &source) : 0;
  size_t length = strlen(source), most = size - LINE_DIGITS - 1;
  if (length > most)
    source += length - most;
  memcpy(text, source, strlen(source) + 1);
  append_line(text, size, line);
}
