/* bind-experiment: result, value, expect, note, figure, trace and quantity. */
#include "scenarios/runner/bind/bind.h"

#include <math.h>
#include <string.h>

static ScenarioResult *
find_result(const Scenario *scenario, const char *name)
{
  return g_hash_table_lookup(scenario->result_names, name);
}

/* The last value counts when a name is given twice. */
static int
set_result(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_acting(L, "result");
  bind_value_count(L, 2, "result(name, value)");
  const char *name = bind_value_text(L, 1, "result", "the name");
  char what[128];
  g_snprintf(what, sizeof what, "the value of \"%s\"", name);
  double number = bind_value_number(L, 2, "result", what);
  if (!isfinite(number))
    bind_error(L, "result: %s: a finite number is wanted", what);
  ScenarioResult *result = find_result(scenario, name);
  if (result == NULL) {
    result = g_new0(ScenarioResult, 1);
    result->name = g_strdup(name);
    g_ptr_array_add(scenario->results, result);
    g_hash_table_insert(scenario->result_names, result->name, result);
  }
  result->value = number;
  return 0;
}

static int
get_value(lua_State *L)
{
  const Scenario *scenario = bind_scenario(L);
  bind_value_count(L, 1, "value(name)");
  const char *name = bind_value_text(L, 1, "value", "the name");
  const ScenarioResult *result = find_result(scenario, name);
  if (result != NULL) {
    lua_pushnumber(L, result->value);
    bind_saw(L, name);
    return 1;
  }
  const char **names = g_new0(const char *, scenario->results->len + 1);
  for (guint i = 0; i < scenario->results->len; i++)
    names[i] = ((const ScenarioResult *)scenario->results->pdata[i])->name;
  GError *error = NULL;
  sim_error_unknown(&error, "result", name, names);
  g_free(names);
  bind_raise(L, error);
}

static int
expect(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_acting(L, "expect");
  bind_value_count(L, 2, "expect(text, condition or function)");
  const char *text = bind_value_text(L, 1, "expect", "the text");
  if (lua_gettop(L) < 2)
    bind_error(L, "expect: the condition is missing: expect(text, condition or function)");
  int function = LUA_NOREF;
  bool passed = lua_toboolean(L, 2);
  if (lua_type(L, 2) == LUA_TFUNCTION)
    function = luaL_ref(L, LUA_REGISTRYINDEX);
  ScenarioExpectation *expectation = g_new0(ScenarioExpectation, 1);
  expectation->function = function;
  expectation->summary = (SummaryExpectation){.text = g_strdup(text),
                                              .passed = function == LUA_NOREF && passed,
                                              .seen = g_strdup(""),
                                              .line = bind_line(L, NULL)};
  g_ptr_array_add(scenario->expectations, expectation);
  return 0;
}

static int
note(lua_State *L)
{
  bind_check_acting(L, "note");
  bind_value_count(L, 1, "note(text)");
  const char *text = bind_value_text(L, 1, "note", "the text");
  const Coroutine *running = bind_scenario(L)->running;
  const Node *node = running != NULL && running->owner != &bind_scenario(L)->sim->scenario
                         ? sim_container(running->owner, Node, owner)
                         : NULL;
  scenario_note(bind_scenario(L), "note", node, NULL, text);
  return 0;
}

/* -- figures -- */

typedef struct FigureOptions {
  int format, width;
  SimTime from, to;
  bool raw;
} FigureOptions;

#define FIGURE(member) offsetof(FigureOptions, member)

static const char *const formats[] = {"svg", "pdf", "png", "tex", "txt", NULL};
static const char *const widths[] = {"column", "double", "slide", NULL};

static const SimParam figure_params[] = {
    {.name = "format",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIGURE(format),
     .choices = formats,
     .help = "file format (svg; of a ladder txt, too)"},
    {.name = "width",
     .kind = SIM_PARAM_CHOICE,
     .offset = FIGURE(width),
     .choices = widths,
     .help = "column (85 mm), double (175 mm) or slide (254 mm); each kind has its own"},
    {.name = "from",
     .kind = SIM_PARAM_TIME,
     .offset = FIGURE(from),

     .help = "only what happens from then on"},
    {.name = "to",
     .kind = SIM_PARAM_TIME,
     .offset = FIGURE(to),

     .help = "only what happens until then"},
    {.name = "raw",
     .kind = SIM_PARAM_BOOL,
     .offset = FIGURE(raw),

     .help = "sequence numbers as on the wire"},
    {.name = NULL},
};

static const FigureOptions figure_defaults = {.width = -1, .to = SIM_TIME_NEVER};

static const BindField figure_extras[] = {
    {"title", "string", "above the figure"},
    {"conn", "string", "only this connection; of a ladder several: \"a,client*\""},
    {"link", "string", "only this direction of a link"},
    {"file", "string", "name of the file, without folder and ending (that of the figure)"},
    {"fields", "string", "what a ladder says of packets: some of \"seq,ack,win,options,cwnd\""},
    {"group", "string", "nodes of a ladder that share a line: \"clients=client*\""},
    {.name = NULL},
};

static const BindOptions figure_options = {
    .name = "FigureOptions",
    .what = "option of figure",
    .params = figure_params,
    .extras = figure_extras,
    .defaults = &figure_defaults,
    .help = "figure(name, {...})",
};

/* A text field of the options at 2, which stay on the stack and keep it; NULL: not given. */
static const char *
figure_text(lua_State *L, const char *name)
{
  const char *text = NULL;
  lua_getfield(L, 2, name);
  if (!lua_isnil(L, -1))
    text = bind_value_text(L, -1, "figure", name);
  lua_pop(L, 1);
  return text;
}

static void
check_figure_name(lua_State *L, const char *name)
{
  if (g_strv_contains(figure_study_names(), name))
    bind_error(L, "figure: \"%s\" is a figure of a study: ask for it in study{figures = {...}}",
               name);
  if (g_strv_contains(figure_several_names(), name))
    bind_error(L, "figure: \"%s\" is a figure of several runs: roundtrip plot %s RUN RUN of=FIGURE",
               name, name);
  if (!g_strv_contains(figure_names(), name))
    bind_error_unknown(L, "figure", name, figure_names());
}

/* The options at 2, which stay on the stack and keep the texts. */
static void
read_figure(lua_State *L, FigureRequest *request)
{
  const struct {
    const char *name, **member;
  } texts[] = {{"title", &request->title},   {"conn", &request->conn},
               {"link", &request->link},     {"file", &request->basename},
               {"fields", &request->fields}, {"group", &request->group}};
  FigureOptions options = figure_defaults;
  lua_settop(L, 2);
  if (!bind_options_check(L, 2, &figure_options))
    return;
  bind_options_read(L, 2, "figure", figure_params, &options);
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i].member = figure_text(L, texts[i].name);
  request->format = (FigureFormat)options.format;
  request->width = options.width >= 0 ? widths[options.width] : NULL;
  request->from = options.from;
  request->to = options.to;
  request->raw = options.raw;
  const char *file = request->basename;
  if (file != NULL && (*file == '\0' || *file == '.' || strpbrk(file, "/\\") != NULL))
    bind_error(L, "figure: file = \"%s\": a name without folder and ending is wanted", file);
}

static int
ask_figure(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_acting(L, "figure");
  bind_value_count(L, 2, "figure(name, [options])");
  const char *name = bind_value_text(L, 1, "figure", "the name");
  check_figure_name(L, name);
  FigureRequest request = figure_request(name, NULL);
  read_figure(L, &request);
  GError *error = NULL;
  if (!figure_check_request(&request, &error))
    bind_raise_in(L, "figure", error);
  int line = bind_line(L, NULL);
  ScenarioFigure *figure = g_new0(ScenarioFigure, 1);
  figure->line = line;
  figure->request = request;
  const char **texts[] = {&figure->request.name,   &figure->request.basename,
                          &figure->request.width,  &figure->request.title,
                          &figure->request.conn,   &figure->request.link,
                          &figure->request.fields, &figure->request.group};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(*texts[i]);
  g_ptr_array_add(scenario->figures, figure);
  if (scenario->loading && strcmp(figure_needs(name), "listeners.csv") == 0)
    scenario->trace.listeners = true;
  return 0;
}

/* -- what is recorded -- */

#define TRACE(member) offsetof(ScenarioTrace, member)

static const char *const snaplens[] = {"headers", "full", NULL};

static const SimParamWord all_of_them[] = {{"all", UINT32_MAX}, {NULL, 0}};

static const SimParam trace_params[] = {
    {.name = "timeline", .kind = SIM_PARAM_BOOL, .offset = TRACE(timeline), .help = "timeline.csv"},
    {.name = "tcp", .kind = SIM_PARAM_BOOL, .offset = TRACE(tcp), .help = "tcp.csv"},
    {.name = "links", .kind = SIM_PARAM_BOOL, .offset = TRACE(links), .help = "links.csv"},
    {.name = "pcap", .kind = SIM_PARAM_BOOL, .offset = TRACE(pcap), .help = "pcap/"},
    {.name = "listeners",
     .kind = SIM_PARAM_BOOL,
     .offset = TRACE(listeners),
     .help = "listeners.csv, the queues of each listener"},
    {.name = "snaplen",
     .kind = SIM_PARAM_CHOICE,
     .offset = TRACE(snaplen),
     .choices = snaplens,
     .help = "what captures keep of a packet: its headers, or all"},
    {.name = "interval",
     .kind = SIM_PARAM_TIME,
     .offset = TRACE(interval),
     .min = 1e-9,
     .max = 1e6,
     .help = "of links.csv; a 200th of the run, at least 1 ms"},
    {.name = "connections",
     .kind = SIM_PARAM_INTEGER,
     .offset = TRACE(connections),
     .min = 0,
     .max = 1e9,
     .words = all_of_them,
     .help = "how many connections summary.json lists; the others are added up"},
    {.name = NULL},
};

const ScenarioTrace scenario_trace_default = {
    .timeline = true, .tcp = true, .links = true, .pcap = true, .connections = SUMMARY_CONNECTIONS};

static const BindOptions trace_options = {
    .name = "TraceOptions",
    .what = "option of trace",
    .params = trace_params,
    .defaults = &scenario_trace_default,
    .help = "trace{...}",
};

static int
set_trace(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_value_count(L, 1,
                   "trace{timeline =, tcp =, links =, pcap =, listeners =, snaplen =, "
                   "interval =, connections =}");
  if (!scenario->loading)
    bind_error(L, "trace: what is recorded is chosen while the file is read, not when time passes");
  if (!bind_options_check(L, 1, &trace_options))
    bind_error(L, "trace: the options are missing: trace{pcap = false, snaplen = \"full\"}");
  bind_options_read(L, 1, "trace", trace_params, &scenario->trace);
  return 0;
}

static int
read_quantity(lua_State *L)
{
  bind_value_count(L, 1, "quantity(text)");
  if (lua_type(L, 1) == LUA_TNUMBER)
    return 1;
  const char *text = bind_value_text(L, 1, "quantity", "the argument");
  SimQuantity quantity;
  GError *error = NULL;
  if (!sim_quantity_parse(text, &quantity, &error))
    bind_raise_in(L, "quantity", error);
  if (quantity.kind == SIM_QUANTITY_BDP)
    bind_error(L, "quantity: \"%s\": only a link knows its bandwidth-delay product", text);
  bool whole = quantity.kind != SIM_QUANTITY_TIME && quantity.value == floor(quantity.value);
  if (whole && fabs(quantity.value) < 0x1p53)
    lua_pushinteger(L, (lua_Integer)quantity.value);
  else
    lua_pushnumber(L, quantity.value);
  return 1;
}

static const BindFunction functions[] = {
    {"result", set_result, "name: string, value: number", NULL,
     "a number that this run yields; the last one of a name counts"},
    {"value", get_value, "name: string", "number", "reads a result back"},
    {"expect", expect, "text: string, condition: boolean|fun(): any", NULL,
     "checked at the end; one that does not hold fails the run and shows the values it saw"},
    {"note", note, "text: string", NULL, "a line on the timeline"},
    {"figure", ask_figure, "name: string, options?: FigureOptions", NULL,
     "asks for a figure: roundtrip list figures"},
    {"trace", set_trace, "options: TraceOptions", NULL, "chooses what is recorded"},
    {"quantity", read_quantity, "text: Quantity", "number",
     "the number that a text with a unit means, in the SI unit"},
    {.name = NULL},
};

static const BindOptions *const options_of_experiment[] = {&figure_options, &trace_options, NULL};

const BindGroup bind_group_experiment = {
    .name = "experiments",
    .title = "Experiments",
    .help = "results, expectations, figures and what is recorded",
    .functions = functions,
    .options = options_of_experiment,
};
