/* bind-load: bulk, request_response, poisson and idle: loads in C, for thousands of flows.
 *
 * Each reads its table into the settings of one AppLoad; they differ in what may be said and in
 * what stands for what is not. The object that is given back tells what has become of the load. */
#include "scenarios/runner/bind/bind-load.h"

#include <string.h>

#include "models/app/app-load.h"
#include "scenarios/runner/bind/bind-dist.h"

#define FIRST_PORT 5001 /* of the first load; the next has the next one */

typedef struct BindLoad {
  BindObject object;
  AppLoad *load;            /* the scenario's; NULL: it is being read */
  AppLoadSettings settings; /* until then: the distributions are owned */
} BindLoad;

static const BindType load_type;

/* -- ends -- */

/* The hosts in field `name`, in memory of Lua's that is left on the stack. */
static TcpHost *const *
read_hosts(lua_State *L, const char *call, const char *name, unsigned *count)
{
  lua_getfield(L, 1, name);
  int index = lua_gettop(L);
  bool is_list = lua_type(L, index) == LUA_TTABLE;
  *count = is_list ? (unsigned)luaL_len(L, index) : 1;
  if (is_list && *count == 0)
    bind_error(L, "%s: %s: the list of hosts is empty", call, name);
  TcpHost **hosts = lua_newuserdatauv(L, *count * sizeof *hosts, 0);
  for (unsigned i = 0; i < *count; i++) {
    if (is_list)
      lua_geti(L, index, i + 1);
    hosts[i] =
        bind_load_host(L, is_list ? -1 : index, call, name, "a host or a list of hosts")->tcp;
    if (is_list)
      lua_pop(L, 1);
  }
  return hosts;
}

/* -- the options that all have -- */

typedef struct LoadOptions {
  SimTime start, until;
  int64_t count, requests, port;
  double rate;
  bool server_closes;
} LoadOptions;

#define LOAD(member) offsetof(LoadOptions, member)
#define COUNT_MAX 1e15

static const SimParamWord unlimited[] = {{"unlimited", -1}, {NULL, 0}};

#define LOAD_COMMON                                                                                \
  {.name = "start", .kind = SIM_PARAM_TIME, .offset = LOAD(start), .help = "when it begins"},      \
      {.name = "until",                                                                            \
       .kind = SIM_PARAM_TIME,                                                                     \
       .offset = LOAD(until),                                                                      \
       .help = "no flow begins after that"},                                                       \
      {.name = "count",                                                                            \
       .kind = SIM_PARAM_INTEGER,                                                                  \
       .offset = LOAD(count),                                                                      \
       .min = 1,                                                                                   \
       .max = COUNT_MAX,                                                                           \
       .words = unlimited,                                                                         \
       .help = "flows in all"},                                                                    \
  {                                                                                                \
    .name = "port", .kind = SIM_PARAM_INTEGER, .offset = LOAD(port), .min = 1, .max = 65535,       \
    .help = "where the receivers listen (5001, of the next load 5002 ...)"                         \
  }
#define LOAD_CLOSES                                                                                \
  {                                                                                                \
    .name = "server_closes", .kind = SIM_PARAM_BOOL, .offset = LOAD(server_closes),                \
    .help = "the receiver closes first"                                                            \
  }

static const SimParam idle_params[] = {LOAD_COMMON, {.name = NULL}};
static const SimParam bulk_params[] = {LOAD_COMMON, LOAD_CLOSES, {.name = NULL}};
static const SimParam request_params[] = {LOAD_COMMON,
                                          LOAD_CLOSES,
                                          {.name = "requests",
                                           .kind = SIM_PARAM_INTEGER,
                                           .offset = LOAD(requests),
                                           .min = 1,
                                           .max = COUNT_MAX,
                                           .words = unlimited,
                                           .help = "on one connection"},
                                          {.name = NULL}};
static const SimParam poisson_params[] = {
    LOAD_COMMON,
    LOAD_CLOSES,
    {.name = "rate",
     .kind = SIM_PARAM_NUMBER,
     .offset = LOAD(rate),
     .min = 1e-6,
     .max = 1e9,
     .help = "flows that begin in a second, in the mean; it has to be said"},
    {.name = NULL}};

static const LoadOptions load_defaults = {.until = SIM_TIME_NEVER, .requests = 1};

#define LOAD_ENDS                                                                                  \
  {"from", "Host|Host[]", "who connects and sends"}, {"to", "Host|Host[]", "who listens"},         \
      {"tcp", "TcpOptions", "TCP of both ends"},                                                   \
  {                                                                                                \
    "name", "string", "in summary.json and flows.csv"                                              \
  }
#define LOAD_GAP                                                                                   \
  {                                                                                                \
    "gap", "TimeDistribution", "between the beginnings of two flows (none)"                        \
  }

static const BindField idle_extras[] = {LOAD_ENDS, LOAD_GAP, {.name = NULL}};
static const BindField bulk_extras[] = {
    LOAD_ENDS,
    LOAD_GAP,
    {"bytes", "SizeDistribution|\"unlimited\"", "of a flow (unlimited)"},
    {.name = NULL}};
static const BindField request_extras[] = {
    LOAD_ENDS,
    LOAD_GAP,
    {"request", "SizeDistribution", "bytes of a request (200)"},
    {"response", "SizeDistribution", "bytes of an answer (10 kB)"},
    {"think", "TimeDistribution", "between an answer and the next request (none)"},
    {.name = NULL}};
static const BindField poisson_extras[] = {
    LOAD_ENDS,
    {"size", "SizeDistribution", "bytes of a flow; it has to be said"},
    {"response", "SizeDistribution", "bytes of an answer (none)"},
    {.name = NULL}};

static const BindOptions idle_options = {
    .name = "IdleOptions",
    .what = "option of idle",
    .params = idle_params,
    .extras = idle_extras,
    .defaults = &load_defaults,
    .help = "idle{...}",
};
static const BindOptions bulk_options = {
    .name = "BulkOptions",
    .what = "option of bulk",
    .params = bulk_params,
    .extras = bulk_extras,
    .defaults = &load_defaults,
    .help = "bulk{...}",
};
static const BindOptions request_options = {
    .name = "RequestResponseOptions",
    .what = "option of request_response",
    .params = request_params,
    .extras = request_extras,
    .defaults = &load_defaults,
    .help = "request_response{...}",
};
static const BindOptions poisson_options = {
    .name = "PoissonOptions",
    .what = "option of poisson",
    .params = poisson_params,
    .extras = poisson_extras,
    .defaults = &load_defaults,
    .help = "poisson{...}",
};

/* Begins to read argument 1; the load's object is left at index 2, and the hosts above it. */
static BindLoad *
load_begin(lua_State *L, const char *call, const BindOptions *known, LoadOptions *options)
{
  Scenario *scenario = bind_scenario(L);
  *options = load_defaults;
  bind_load_read(L, call, "NAME{from = host, to = host, ...}", known, options);
  if (options->port == 0)
    options->port = FIRST_PORT + scenario->loads->len;
  BindLoad *bound = bind_object_new(L, &load_type, sizeof *bound, 0);
  AppLoadSettings *settings = &bound->settings;
  settings->from = read_hosts(L, call, "from", &settings->n_from);
  settings->to = read_hosts(L, call, "to", &settings->n_to);
  settings->port = (uint16_t)options->port;
  settings->start = options->start;
  settings->until = options->until;
  settings->server_closes = options->server_closes;
  settings->rounds = 1;
  return bound;
}

static uint64_t
count_of(int64_t given, uint64_t otherwise)
{
  return given == 0 ? otherwise : given < 0 ? UINT64_MAX : (uint64_t)given;
}

/* Makes the load and returns its object. */
static int
load_finish(lua_State *L, BindLoad *bound, const char *call)
{
  Scenario *scenario = bind_scenario(L);
  AppLoadSettings *settings = &bound->settings;
  TcpProfile profile = *tcp_host_profile(settings->from[0]);
  lua_getfield(L, 1, "tcp");
  if (!lua_isnil(L, -1)) {
    bind_tcp_options(L, lua_gettop(L), call, &profile);
    settings->profile = &profile;
  }
  settings->name = bind_load_name(L, call, scenario->loads->len + 1);
  GError *error = NULL;
  AppLoad *load = app_load_new(scenario->sim, settings, &error);
  if (load == NULL) {
    *settings = (AppLoadSettings){0}; /* it has freed what it had taken */
    bind_raise_in(L, call, error);
  }
  bound->load = load;
  g_ptr_array_add(scenario->loads, load);
  lua_settop(L, 2);
  return 1;
}

/* -- the four -- */

static int
make_bulk(lua_State *L)
{
  LoadOptions options;
  BindLoad *bound = load_begin(L, "bulk", &bulk_options, &options);
  AppLoadSettings *settings = &bound->settings;
  lua_getfield(L, 1, "bytes");
  settings->endless = lua_isnil(L, -1) || g_strcmp0(lua_tostring(L, -1), "unlimited") == 0;
  lua_pop(L, 1);
  if (!settings->endless)
    bind_dist_read(L, "bulk", "bytes", true, &settings->request);
  bind_dist_read(L, "bulk", "gap", false, &settings->gap);
  settings->count = count_of(options.count, MAX(settings->n_from, settings->n_to));
  return load_finish(L, bound, "bulk");
}

static int
make_request_response(lua_State *L)
{
  LoadOptions options;
  BindLoad *bound = load_begin(L, "request_response", &request_options, &options);
  AppLoadSettings *settings = &bound->settings;
  settings->request = app_dist_constant(200);
  settings->response = app_dist_constant(10000);
  bind_dist_read(L, "request_response", "request", true, &settings->request);
  bind_dist_read(L, "request_response", "response", true, &settings->response);
  bind_dist_read(L, "request_response", "think", false, &settings->think);
  bind_dist_read(L, "request_response", "gap", false, &settings->gap);
  settings->rounds = count_of(options.requests, 1);
  settings->count = count_of(options.count, MAX(settings->n_from, settings->n_to));
  if (settings->rounds > 1 && app_dist_mean(&settings->response) == 0)
    bind_error(L, "request_response: a request without a response cannot be followed by another");
  return load_finish(L, bound, "request_response");
}

static int
make_idle(lua_State *L)
{
  LoadOptions options;
  BindLoad *bound = load_begin(L, "idle", &idle_options, &options);
  AppLoadSettings *settings = &bound->settings;
  settings->idle = true;
  bind_dist_read(L, "idle", "gap", false, &settings->gap);
  settings->count = count_of(options.count, MAX(settings->n_from, settings->n_to));
  return load_finish(L, bound, "idle");
}

static int
make_poisson(lua_State *L)
{
  LoadOptions options;
  BindLoad *bound = load_begin(L, "poisson", &poisson_options, &options);
  AppLoadSettings *settings = &bound->settings;
  if (options.rate == 0)
    bind_error(L, "poisson: rate is missing: flows a second, such as 100");
  if (!bind_dist_read(L, "poisson", "size", true, &settings->request))
    bind_error(L, "poisson: size is missing: bytes of a flow, such as \"10 kB\", \"web-search\" or "
                  "{kind = ...}");
  bind_dist_read(L, "poisson", "response", true, &settings->response);
  settings->gap = (AppDist){.kind = APP_EXPONENTIAL, .mean = 1 / options.rate};
  settings->random_ends = settings->n_from > 1 || settings->n_to > 1;
  settings->count = count_of(options.count, UINT64_MAX);
  return load_finish(L, bound, "poisson");
}

/* -- the object -- */

static bool
load_get(lua_State *L, void *self, const char *field)
{
  const AppLoad *load = ((BindLoad *)self)->load;
  const AppLoadCounters *counters = app_load_counters(load);
  const struct {
    const char *name;
    uint64_t count;
  } counts[] = {{"started", counters->started},
                {"completed", counters->completed},
                {"failed", counters->failed},
                {"bytes", counters->bytes}};
  for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
    if (strcmp(field, counts[i].name) == 0) {
      lua_pushinteger(L, (lua_Integer)counts[i].count);
      return true;
    }
  if (strcmp(field, "name") == 0)
    lua_pushstring(L, app_load_name(load));
  else
    lua_pushnumber(L, strcmp(field, "mean_fct") == 0 ? counters->fct.mean : counters->fct.max);
  return true;
}

static int
load_fct(lua_State *L)
{
  const BindLoad *bound = bind_self(L, &load_type, "fct");
  bind_value_count(L, 2, "load:fct(share)");
  static const SimParam share = {.name = "share", .kind = SIM_PARAM_RATIO};
  double q = 0.5;
  if (!lua_isnoneornil(L, 2))
    bind_value_param(L, 2, "load:fct", &share, &q);
  lua_pushnumber(L, app_load_fct(bound->load, q));
  return 1;
}

static void
load_print(void *self, char *text, size_t size)
{
  const BindLoad *bound = self;
  g_snprintf(text, size, "load %s", bound->load != NULL ? app_load_name(bound->load) : "?");
}

static void
load_collect(void *self)
{
  BindLoad *bound = self;
  if (bound->load != NULL)
    return; /* the scenario's */
  app_dist_clear(&bound->settings.gap);
  app_dist_clear(&bound->settings.request);
  app_dist_clear(&bound->settings.response);
  app_dist_clear(&bound->settings.think);
}

static const BindFunction load_methods[] = {
    {"fct", load_fct, "share?: Ratio", "number",
     "the flow-completion time that so large a share does not exceed (the median); seconds"},
    {.name = NULL},
};
static const BindField load_fields[] = {
    {"name", "string", "as it was given, or the call and a number"},
    {"started", "integer", "flows begun"},
    {"completed", "integer", "rounds completed: a flow, or a request with its answer"},
    {"failed", "integer", "flows that failed"},
    {"bytes", "bytes", "that receivers got, of requests and answers"},
    {"mean_fct", "seconds", "mean flow-completion time"},
    {"max_fct", "seconds", "the longest"},
    {.name = NULL},
};

static const BindType load_type = {
    .name = "load",
    .class = "Load",
    .help = "what has become of a load over TCP",
    .example = "load",
    .methods = load_methods,
    .fields = load_fields,
    .get = load_get,
    .print = load_print,
    .collect = load_collect,
};

static const BindFunction functions[] = {
    {"bulk", make_bulk, "options: BulkOptions", "Load",
     "connections that send so many bytes, or without end"},
    {"request_response", make_request_response, "options: RequestResponseOptions", "Load",
     "connections on which requests are answered, one after the other"},
    {"poisson", make_poisson, "options: PoissonOptions", "Load",
     "connections that begin at random and send a size that is drawn"},
    {"idle", make_idle, "options: IdleOptions", "Load",
     "connections that open and stay open, without a byte"},
    {.name = NULL},
};

static const BindType *const types_of_load[] = {&load_type, NULL};
static const BindOptions *const options_of_load[] = {
    &bulk_options, &request_options,        &poisson_options,
    &idle_options, &bind_size_distribution, &bind_time_distribution,
    NULL};

const BindGroup bind_group_load = {
    .name = "loads",
    .title = "Loads",
    .help = "applications in C over TCP, for thousands of flows without Lua in the loop",
    .functions = functions,
    .types = types_of_load,
    .options = options_of_load,
};
