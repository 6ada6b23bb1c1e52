/* bind-dist: sizes, gaps and think times of loads: a number, a table of a distribution, or the name
 * of a table that comes with the program. */
#include "scenarios/runner/bind/bind-dist.h"

#include <string.h>

#include "scenarios/runner/lib-files.h"

/* Of sizes and of times alike; the one kind of numbers is used. */
typedef struct DistOptions {
  int kind;
  uint64_t mean_size, low_size, high_size;
  SimTime mean_time, low_time, high_time;
  double shape, sigma;
} DistOptions;

#define DIST(member) offsetof(DistOptions, member)
#define DIST_COMMON                                                                                \
  {.name = "kind",                                                                                 \
   .kind = SIM_PARAM_CHOICE,                                                                       \
   .offset = DIST(kind),                                                                           \
   .choices = app_dist_names,                                                                      \
   .help = "which distribution; it has to be said"},                                               \
      {.name = "shape",                                                                            \
       .kind = SIM_PARAM_NUMBER,                                                                   \
       .offset = DIST(shape),                                                                      \
       .min = 1.01,                                                                                \
       .max = 1000,                                                                                \
       .help = "pareto: how soon large ones become rare"},                                         \
  {                                                                                                \
    .name = "sigma", .kind = SIM_PARAM_NUMBER, .offset = DIST(sigma), .min = 0, .max = 10,         \
    .help = "log-normal: deviation of the logarithm"                                               \
  }

static const SimParam size_params[] = {
    DIST_COMMON,
    {.name = "mean",
     .kind = SIM_PARAM_SIZE,
     .offset = DIST(mean_size),
     .help = "constant, exponential, pareto, log-normal: the mean"},
    {.name = "low", .kind = SIM_PARAM_SIZE, .offset = DIST(low_size), .help = "uniform: the least"},
    {.name = "high",
     .kind = SIM_PARAM_SIZE,
     .offset = DIST(high_size),
     .help = "uniform: the most"},
    {.name = NULL},
};

static const SimParam time_params[] = {
    DIST_COMMON,
    {.name = "mean",
     .kind = SIM_PARAM_TIME,
     .offset = DIST(mean_time),
     .help = "constant, exponential, pareto, log-normal: the mean"},
    {.name = "low", .kind = SIM_PARAM_TIME, .offset = DIST(low_time), .help = "uniform: the least"},
    {.name = "high",
     .kind = SIM_PARAM_TIME,
     .offset = DIST(high_time),
     .help = "uniform: the most"},
    {.name = NULL},
};

static const DistOptions dist_defaults = {.kind = -1, .shape = 1.5, .sigma = 1};

static const BindField dist_extras[] = {
    {"file", "string", "empirical: of a value and its cumulative probability a line"},
    {.name = NULL},
};

const BindOptions bind_size_distribution = {
    .name = "SizeDistributionOptions",
    .what = "option of a distribution",
    .params = size_params,
    .extras = dist_extras,
    .defaults = &dist_defaults,
    .help = "a size that is drawn: {kind = ...} in place of a number of bytes",
};
const BindOptions bind_time_distribution = {
    .name = "TimeDistributionOptions",
    .what = "option of a distribution",
    .params = time_params,
    .extras = dist_extras,
    .defaults = &dist_defaults,
    .help = "a time that is drawn: {kind = ...} in place of a time",
};

static const char *const tables[] = {"web-search", "data-mining", NULL};

/* One of the tables that come with the program. */
static void
read_builtin(const char *name, AppDist *dist)
{
  g_autofree char *file = g_strconcat(name, ".cdf", NULL);
  const char *text = sim_embedded_find(lib_files, file);
  GError *error = NULL;
  app_dist_clear(dist);
  *dist = (AppDist){.kind = APP_EMPIRICAL};
  if (!sim_numbers_parse(&dist->table, text, name, &app_dist_form, &error))
    g_error("%s", error->message); /* a bug: the table is ours */
}

static void
read_dist_table(lua_State *L, int index, const char *call, const char *name, bool is_size,
                AppDist *dist)
{
  BindOptions known = is_size ? bind_size_distribution : bind_time_distribution;
  DistOptions options = dist_defaults;
  char where[96];
  g_snprintf(where, sizeof where, "%s: %s", call, name);
  known.what = where;
  bind_options_check(L, index, &known);
  bind_options_read(L, index, where, known.params, &options);
  if (options.kind < 0)
    bind_error(L,
               "%s = {...}: kind is missing; accepted: constant, uniform, exponential, pareto, "
               "log-normal, empirical",
               where);
  app_dist_clear(dist);
  *dist =
      (AppDist){.kind = (AppDistKind)options.kind, .shape = options.shape, .sigma = options.sigma};
  dist->mean = is_size ? (double)options.mean_size : sim_time_to_seconds(options.mean_time);
  dist->low = is_size ? (double)options.low_size : sim_time_to_seconds(options.low_time);
  dist->high = is_size ? (double)options.high_size : sim_time_to_seconds(options.high_time);
  SimParam file = {.name = "file", .kind = SIM_PARAM_FILE, .form = &app_dist_form};
  file.offset = offsetof(AppDist, table);
  lua_getfield(L, index, "file");
  if (!lua_isnil(L, -1))
    bind_value_param(L, -1, where, &file, dist);
  lua_pop(L, 1);
  GError *error = NULL;
  if (!app_dist_check(dist, &error))
    bind_raise_in(L, where, error);
}

/* Field `name` of the table at argument 1 as a distribution; false: it is not given. */
bool
bind_dist_read(lua_State *L, const char *call, const char *name, bool is_size, AppDist *dist)
{
  lua_getfield(L, 1, name);
  int index = lua_gettop(L);
  bool given = !lua_isnil(L, index);
  const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "";
  if (is_size && g_strv_contains(tables, text)) {
    read_builtin(text, dist);
  } else if (lua_type(L, index) == LUA_TTABLE) {
    read_dist_table(L, index, call, name, is_size, dist);
  } else if (given) {
    app_dist_clear(dist);
    *dist = app_dist_constant(is_size ? (double)bind_value_size(L, index, call, name)
                                      : sim_time_to_seconds(bind_value_time(L, index, call, name)));
  }
  lua_settop(L, index - 1);
  return given;
}
