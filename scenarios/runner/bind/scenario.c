/* scenario: the life of a scenario, from its file to the end of its run.
 *
 * What it is given: a Lua state whose globals are the scenario's own, with the language behind
 * them (bind-base.c), an allocator that counts, and a hook that is asked every so many
 * instructions, so that neither memory nor time is without bound. What goes wrong is kept in
 * `error`, the first one, and stops the run. */
#include "scenarios/runner/bind/scenario.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "models/app/app-load.h"
#include "models/app/app-stream.h"
#include "scenarios/runner/bind/bind.h"
#include "scenarios/runner/last-words.h"
#include "sim/file.h"

#define WALL_GRACE 0.5 /* seconds for the run to notice by itself that its time is over */

void
scenario_fail(Scenario *scenario, GError *error)
{
  if (scenario->error == NULL)
    scenario->error = error;
  else
    g_error_free(error);
  sim_stop(scenario->sim);
}

static void
free_stream(gpointer data)
{
  app_stream_free(data);
}

static void
free_load(gpointer data)
{
  app_load_free(data);
}

static void
free_param(gpointer data)
{
  ScenarioParam *param = data;
  g_free(param->name);
  g_free(param->help);
  g_free(param->text);
  g_free(param->standard);
  g_free(param->min);
  g_free(param->max);
  g_clear_pointer(&param->choices, g_ptr_array_unref);
  g_free(param);
}

static void
free_result(gpointer data)
{
  ScenarioResult *result = data;
  g_free(result->name);
  g_free(result);
}

static void
free_expectation(gpointer data)
{
  ScenarioExpectation *expectation = data;
  g_free(expectation->summary.text);
  g_free(expectation->summary.seen);
  g_free(expectation);
}

static void
free_figure(gpointer data)
{
  ScenarioFigure *figure = data;
  const FigureRequest *request = &figure->request;
  const char *texts[] = {request->name, request->basename, request->width,  request->title,
                         request->conn, request->link,     request->fields, request->group};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free((char *)(uintptr_t)texts[i]);
  g_free(figure);
}

static void
free_note(gpointer data)
{
  ScenarioNote *note = data;
  g_free(note->text);
  g_free(note);
}

/* The language and the limits, in a protected call. */
static int
open_state(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  scenario->side = lua_newthread(L);
  luaL_ref(L, LUA_REGISTRYINDEX);
  bind_base_open(L);
  return 0;
}

static bool
make_state(Scenario *scenario)
{
  lua_State *L = lua_newstate(scenario_allocate, scenario);
  if (L == NULL) {
    scenario_fail(scenario, g_error_new(SIM_ERROR, SIM_ERROR_LIMIT,
                                        "%s: --max-memory is too little even for Lua itself%s",
                                        scenario->settings.path,
                                        scenario->refused ? ", or the system has no more" : ""));
    return false;
  }
  scenario->lua = scenario->side = L;
  memcpy(lua_getextraspace(L), &scenario, sizeof scenario);
  scenario_set_hook(L);
  lua_pushcfunction(L, open_state);
  int status = lua_pcall(L, 0, 0, 0);
  if (status != LUA_OK)
    scenario_fail_lua(scenario, L, status);
  return status == LUA_OK;
}

/* In a protected call: compiles the file and leaves it on a thread of its own, so that the stack
 * is still there to look at when it fails. */
static int
compile(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  const char *text = scenario->text;
  if (*text == '#') /* "#!/usr/bin/env roundtrip": the line stays, its text does not count */
    text += strcspn(text, "\n");
  size_t length = scenario->length - (size_t)(text - scenario->text);
  lua_State *thread = lua_newthread(L);
  const char *name = lua_pushfstring(L, "@%s", scenario->settings.path);
  if (luaL_loadbufferx(thread, text, length, name, "t") != LUA_OK) {
    lua_xmove(thread, L, 1);
    lua_error(L);
  }
  lua_pop(L, 1);
  return 1;
}

static void
load(Scenario *scenario)
{
  lua_State *L = scenario->lua;
  lua_pushcfunction(L, compile);
  int status = lua_pcall(L, 0, 1, 0);
  if (status != LUA_OK) {
    scenario_fail_lua(scenario, L, status);
    return;
  }
  lua_State *thread = lua_tothread(L, -1);
  int results = 0;
  scenario->loading = true;
  scenario->at = thread;
  status = lua_resume(thread, L, 0, &results);
  scenario->at = NULL;
  scenario->loading = false;
  if (status == LUA_YIELD && !scenario_is_over(scenario)) {
    lua_pop(thread, results);
    lua_pushliteral(thread, "coroutine.yield: there is nothing to yield to here");
    status = LUA_ERRRUN;
  }
  if (status != LUA_OK && status != LUA_YIELD)
    scenario_fail_lua(scenario, thread, status);
  lua_settop(L, 0);
}

/* Every -p must have met its param(). */
static void
check_params(Scenario *scenario)
{
  const char *const *given = scenario->settings.params;
  for (; given != NULL && *given != NULL && scenario->error == NULL; given++) {
    g_autofree char *name = g_strndup(*given, strcspn(*given, "="));
    g_autofree const char **names = g_new0(const char *, scenario->params->len + 1);
    for (guint i = 0; i < scenario->params->len; i++)
      names[i] = ((ScenarioParam *)scenario->params->pdata[i])->name;
    if (g_strv_contains(names, name))
      continue;
    GError *error = NULL;
    sim_error_unknown(&error, "parameter", name, names);
    g_prefix_error(&error, "-p %s: ", *given);
    scenario_fail(scenario, error);
  }
}

/* What study{} varies must have met its param(), too, unless it is of another file. */
static void
check_study(Scenario *scenario)
{
  const StudyRequest *study = scenario->study;
  if (study == NULL || study->scenario != NULL)
    return;
  g_autofree const char **names = g_new0(const char *, scenario->params->len + 1);
  for (guint i = 0; i < scenario->params->len; i++)
    names[i] = ((ScenarioParam *)scenario->params->pdata[i])->name;
  for (guint i = 0; i < study->axes->len && scenario->error == NULL; i++) {
    const RequestAxis *axis = study->axes->pdata[i];
    g_autofree char *name = request_axis_name(axis);
    if (g_strv_contains(names, name))
      continue;
    GError *error = NULL;
    sim_error_unknown(&error, "parameter", name, names);
    g_prefix_error(&error, "%s: ", axis->where);
    scenario_fail(scenario, error);
  }
}

static bool
read_file(Scenario *scenario, GError **error)
{
  const char *path = scenario->settings.path;
  if (scenario->settings.text != NULL) {
    scenario->length = scenario->settings.length;
    scenario->text = g_strndup(scenario->settings.text, scenario->length);
    return true;
  }
  if (access(path, F_OK) != 0 && errno == ENOENT) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_FILE,
                "there is no file \"%s\"; `roundtrip list scenarios` shows the scenarios that come "
                "with the program",
                path);
    return false;
  }
  scenario->text = sim_file_read(path, SCENARIO_WANTED, &scenario->length, error);
  return scenario->text != NULL;
}

Scenario *
scenario_read(const ScenarioSettings *settings)
{
  Scenario *scenario = g_new0(Scenario, 1);
  scenario->settings = *settings;
  scenario->started = g_get_monotonic_time();
  last_words_scenario(scenario);
  last_words_arm(settings->wall_limit > 0 ? settings->wall_limit + WALL_GRACE : 0);
  scenario->sim = sim_new(settings->seed);
  scenario->net = net_new(scenario->sim);
  scenario_watch(scenario);
  sim_rng_init(&scenario->rng, settings->seed, "scenario");
  scenario->stop_at = SIM_TIME_NEVER;
  scenario->trace = scenario_trace_default;
  scenario->folder = g_path_get_dirname(settings->path);
  scenario->cc_settings = cc_settings_new();
  scenario->nodes = g_ptr_array_new();
  scenario->congestions = bind_congestions_new();
  scenario->streams = g_ptr_array_new_with_free_func(free_stream);
  scenario->loads = g_ptr_array_new_with_free_func(free_load);
  scenario->params = g_ptr_array_new_with_free_func(free_param);
  scenario->results = g_ptr_array_new_with_free_func(free_result);
  scenario->result_names = g_hash_table_new(g_str_hash, g_str_equal);
  scenario->expectations = g_ptr_array_new_with_free_func(free_expectation);
  scenario->figures = g_ptr_array_new_with_free_func(free_figure);
  scenario->rules = g_ptr_array_new_with_free_func(g_free);
  scenario->unfinished = g_ptr_array_new_with_free_func(g_free);
  scenario->early_notes = g_ptr_array_new_with_free_func(free_note);
  scenario->inputs = g_checksum_new(G_CHECKSUM_SHA256);
  if (read_file(scenario, &scenario->error)) {
    g_checksum_update(scenario->inputs, (const guchar *)scenario->text, (gssize)scenario->length);
    if (make_state(scenario))
      load(scenario);
  }
  check_study(scenario);
  check_params(scenario);
  GError *error = NULL;
  if (scenario->error == NULL && !bind_middlebox_finish(scenario, &error))
    scenario_fail(scenario, error);
  return scenario;
}

Scenario *
scenario_new(const ScenarioSettings *settings, GError **error)
{
  Scenario *scenario = scenario_read(settings);
  if (scenario->error == NULL)
    return scenario;
  g_propagate_error(error, g_steal_pointer(&scenario->error));
  scenario_free(scenario);
  return NULL;
}

static void
emit_note(Scenario *scenario, const char *event, const Node *node, const char *conn,
          const char *text)
{
  Sim *sim = scenario->sim;
  if (sim_traced(sim, NET_TRACE_NOTE)) {
    NetNoteRecord record = {
        .time = sim_now(sim), .event = event, .node = node, .conn = conn, .text = text};
    sim_trace_emit(sim, NET_TRACE_NOTE, &record);
  }
}

void
scenario_note(Scenario *scenario, const char *event, const Node *node, const char *conn,
              const char *text)
{
  if (scenario->early_notes == NULL) {
    emit_note(scenario, event, node, conn, text);
    return;
  }
  ScenarioNote *note = g_new0(ScenarioNote, 1);
  *note = (ScenarioNote){.event = event, .node = node, .text = g_strdup(text)};
  g_ptr_array_add(scenario->early_notes, note);
}

/* Tells whoever listens by now what was noted while the file was read. */
static void
begin(Scenario *scenario)
{
  if (sim_traced(scenario->sim, NET_TRACE_NOTE))
    scenario->names = conn_names_new(scenario->net);
  g_autoptr(GPtrArray) notes = g_steal_pointer(&scenario->early_notes);
  for (guint i = 0; i < notes->len; i++) {
    const ScenarioNote *note = notes->pdata[i];
    emit_note(scenario, note->event, note->node, NULL, note->text);
  }
}

double
scenario_cpu_seconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

bool
scenario_run(Scenario *scenario, GError **error)
{
  Sim *sim = scenario->sim;
  const ScenarioSettings *settings = &scenario->settings;
  begin(scenario);
  double before = scenario_cpu_seconds();
  SimRunEnd end;
  do {
    scenario->retarget = false;
    SimTime until = MIN(scenario->stop_at, settings->until);
    end = settings->loop != NULL ? settings->loop(scenario, until, settings->loop_data)
                                 : sim_run(sim, until);
  } while (end == SIM_RUN_STOPPED && scenario->retarget && scenario->error == NULL &&
           !scenario->stop_asked && !scenario->interrupted);
  scenario->loop_cpu = scenario_cpu_seconds() - before;
  scenario->was_stopped = end == SIM_RUN_UNTIL || scenario->stop_asked;
  if (scenario->interrupted)
    g_clear_error(&scenario->error); /* at most that of the call which was cut short */
  if (scenario->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&scenario->error));
    return false;
  }
  bind_coroutines_report(scenario);
  return true;
}

const char *
scenario_ended(const Scenario *scenario)
{
  return scenario->interrupted ? "interrupted" : scenario->was_stopped ? "stopped" : "finished";
}

/* Asks one expectation that is a function. */
static void
ask(Scenario *scenario, ScenarioExpectation *expectation)
{
  scenario->seen = g_string_new(NULL);
  lua_rawgeti(scenario->side, LUA_REGISTRYINDEX, expectation->function);
  scenario_begin_steps(scenario);
  bool called = bind_side_call(scenario, "an expectation", 0);
  expectation->summary.passed = called && lua_toboolean(scenario->side, -1);
  lua_settop(scenario->side, 0);
  if (!called) {
    if (scenario->seen->len > 0)
      g_string_append(scenario->seen, "; ");
    g_string_append_printf(scenario->seen, "an error: %s", scenario->error->message);
    g_clear_error(&scenario->error);
  }
  g_free(expectation->summary.seen);
  expectation->summary.seen = g_string_free(scenario->seen, FALSE);
  scenario->seen = NULL;
}

bool
scenario_check(Scenario *scenario)
{
  bool all = true;
  for (guint i = 0; i < scenario->expectations->len; i++) {
    ScenarioExpectation *expectation = scenario->expectations->pdata[i];
    if (expectation->function != LUA_NOREF)
      ask(scenario, expectation);
    all = all && expectation->summary.passed;
  }
  return all;
}

/* In reverse order of what stands on what; Lua last, since it holds the faces. */
void
scenario_free(Scenario *scenario)
{
  scenario->closing = true;
  last_words_scenario(NULL);
  last_words_arm(0);
  bind_coroutines_free(scenario);
  for (guint i = scenario->nodes->len; i-- > 0;) {
    BindNode *node = scenario->nodes->pdata[i];
    if (node->tcp != NULL)
      tcp_host_free(g_steal_pointer(&node->tcp));
    icmp_host_free(g_steal_pointer(&node->icmp));
    if (node->udp != NULL)
      udp_host_free(g_steal_pointer(&node->udp));
  }
  g_ptr_array_unref(scenario->streams);
  g_ptr_array_unref(scenario->loads); /* behind the hosts that they use */
  if (scenario->names != NULL)
    conn_names_free(scenario->names);
  net_free(scenario->net);
  sim_free(g_steal_pointer(&scenario->sim)); /* Lua takes no more of what it counts */
  if (scenario->lua != NULL)
    lua_close(scenario->lua);
  cc_settings_free(scenario->cc_settings);
  g_ptr_array_unref(scenario->nodes);
  g_ptr_array_unref(scenario->congestions);
  g_ptr_array_unref(scenario->params);
  g_hash_table_unref(scenario->result_names);
  g_ptr_array_unref(scenario->results);
  g_ptr_array_unref(scenario->expectations);
  g_ptr_array_unref(scenario->figures);
  g_ptr_array_unref(scenario->rules);
  g_ptr_array_unref(scenario->unfinished);
  if (scenario->early_notes != NULL)
    g_ptr_array_unref(scenario->early_notes);
  g_clear_pointer(&scenario->study, request_free);
  g_clear_error(&scenario->error);
  g_checksum_free(scenario->inputs);
  g_free(scenario->folder);
  g_free(scenario->text);
  g_free(scenario);
}
