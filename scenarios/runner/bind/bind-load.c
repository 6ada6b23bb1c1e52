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

/* -- what loads of both kinds have -- */

void
bind_load_read(lua_State *L, const char *call, const char *usage, const SimParam *params,
               const char *const *extras, void *options)
{
  bind_check_loading(L, call);
  bind_value_count(L, 1, usage);
  lua_settop(L, 1);
  char what[64];
  g_snprintf(what, sizeof what, "option of %s", call);
  if (!bind_options_check(L, 1, what, params, extras))
    bind_error(L, "%s: a table %s is wanted", call, strchr(usage, '{'));
  bind_options_read(L, 1, call, params, options);
}

const char *
bind_load_name(lua_State *L, const char *call, guint number)
{
  lua_getfield(L, 1, "name");
  if (lua_isnil(L, -1))
    lua_pushfstring(L, "%s-%d", call, (int)number);
  return bind_value_text(L, -1, call, "name");
}

const BindNode *
bind_load_host(lua_State *L, int index, const char *call, const char *name, const char *wanted)
{
  const BindNode *node = bind_node_test(L, index);
  if (node == NULL || node->tcp == NULL)
    bind_error(L, "%s: %s: %s is wanted, not %s", call, name, wanted,
               bind_value_describe(L, index));
  return node;
}

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
  {.name = "start", .kind = SIM_PARAM_TIME, .offset = LOAD(start)},                                \
      {.name = "until", .kind = SIM_PARAM_TIME, .offset = LOAD(until)},                            \
      {.name = "count",                                                                            \
       .kind = SIM_PARAM_INTEGER,                                                                  \
       .offset = LOAD(count),                                                                      \
       .min = 1,                                                                                   \
       .max = COUNT_MAX,                                                                           \
       .words = unlimited},                                                                        \
  {                                                                                                \
    .name = "port", .kind = SIM_PARAM_INTEGER, .offset = LOAD(port), .min = 1, .max = 65535        \
  }
#define LOAD_CLOSES                                                                                \
  {                                                                                                \
    .name = "server_closes", .kind = SIM_PARAM_BOOL, .offset = LOAD(server_closes)                 \
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
                                           .words = unlimited},
                                          {.name = NULL}};
static const SimParam poisson_params[] = {
    LOAD_COMMON,
    LOAD_CLOSES,
    {.name = "rate", .kind = SIM_PARAM_NUMBER, .offset = LOAD(rate), .min = 1e-6, .max = 1e9},
    {.name = NULL}};

/* Begins to read argument 1; the load's object is left at index 2, and the hosts above it. */
static BindLoad *
load_begin(lua_State *L, const char *call, const SimParam *params, const char *const *extras,
           LoadOptions *options)
{
  Scenario *scenario = bind_scenario(L);
  *options = (LoadOptions){.until = SIM_TIME_NEVER, .requests = 1, .count = 0};
  bind_load_read(L, call, "NAME{from = host, to = host, ...}", params, extras, options);
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
  static const char *const extras[] = {"from", "to", "bytes", "gap", "tcp", "name", NULL};
  LoadOptions options;
  BindLoad *bound = load_begin(L, "bulk", bulk_params, extras, &options);
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
  static const char *const extras[] = {"from", "to",  "request", "response", "think",
                                       "gap",  "tcp", "name",    NULL};
  LoadOptions options;
  BindLoad *bound = load_begin(L, "request_response", request_params, extras, &options);
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
  static const char *const extras[] = {"from", "to", "gap", "tcp", "name", NULL};
  LoadOptions options;
  BindLoad *bound = load_begin(L, "idle", idle_params, extras, &options);
  AppLoadSettings *settings = &bound->settings;
  settings->idle = true;
  bind_dist_read(L, "idle", "gap", false, &settings->gap);
  settings->count = count_of(options.count, MAX(settings->n_from, settings->n_to));
  return load_finish(L, bound, "idle");
}

static int
make_poisson(lua_State *L)
{
  static const char *const extras[] = {"from", "to", "size", "response", "tcp", "name", NULL};
  LoadOptions options;
  BindLoad *bound = load_begin(L, "poisson", poisson_params, extras, &options);
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

static const luaL_Reg load_methods[] = {{"fct", load_fct}, {NULL, NULL}};
static const char *const load_fields[] = {"name",  "started",  "completed", "failed",
                                          "bytes", "mean_fct", "max_fct",   NULL};

static const BindType load_type = {
    .name = "load",
    .example = "load",
    .methods = load_methods,
    .fields = load_fields,
    .get = load_get,
    .print = load_print,
    .collect = load_collect,
};

void
bind_load_open(lua_State *L)
{
  static const luaL_Reg functions[] = {{"bulk", make_bulk},
                                       {"request_response", make_request_response},
                                       {"poisson", make_poisson},
                                       {"idle", make_idle},
                                       {NULL, NULL}};
  bind_type_open(L, &load_type);
  luaL_setfuncs(L, functions, 0);
}
