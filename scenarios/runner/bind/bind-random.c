/* bind-random: random(), its distributions, and math.random, all from one stream named "scenario",
 * whose numbers no link and no host moves. */
#include "scenarios/runner/bind/bind.h"

static SimRng *
stream(lua_State *L)
{
  return &bind_scenario(L)->rng;
}

/* A number from low to high, without bias. */
static lua_Integer
whole_between(lua_State *L, lua_Integer low, lua_Integer high)
{
  uint64_t span = (uint64_t)high - (uint64_t)low;
  if (span == UINT64_MAX)
    return (lua_Integer)sim_rng_u64(stream(L));
  return (lua_Integer)((uint64_t)low + sim_rng_below(stream(L), span + 1));
}

/* math.random([m [, n]]), as in Lua's manual. */
static int
math_random(lua_State *L)
{
  lua_Integer low = 1, high;
  switch (lua_gettop(L)) {
  case 0:
    lua_pushnumber(L, sim_rng_uniform(stream(L)));
    return 1;
  case 1:
    high = luaL_checkinteger(L, 1);
    if (high == 0) {
      lua_pushinteger(L, (lua_Integer)sim_rng_u64(stream(L)));
      return 1;
    }
    break;
  case 2:
    low = luaL_checkinteger(L, 1);
    high = luaL_checkinteger(L, 2);
    break;
  default:
    bind_error(L, "too many arguments: the call is math.random(), (m) or (m, n)");
  }
  if (low > high)
    bind_error(L, "math.random: the interval from the first to the last number is empty");
  lua_pushinteger(L, whole_between(L, low, high));
  return 1;
}

static int
math_randomseed(lua_State *L)
{
  bind_error(L, "math.randomseed: the seed is that of the run: roundtrip run ... -s SEED");
}

static int
random_call(lua_State *L)
{
  bind_value_count(L, 1, "random(), or random.exponential(mean) and the like"); /* 1: the table */
  lua_pushnumber(L, sim_rng_uniform(stream(L)));
  return 1;
}

/* A number, or a quantity such as a mean time, in the SI unit. */
static double
number_argument(lua_State *L, int index, const char *call, const char *name)
{
  if (lua_type(L, index) != LUA_TSTRING)
    return bind_value_number(L, index, call, name);
  SimQuantity quantity;
  GError *error = NULL;
  if (!sim_quantity_parse(lua_tostring(L, index), &quantity, &error))
    bind_raise_in(L, call, error);
  return quantity.value;
}

static int
random_uniform(lua_State *L)
{
  bind_value_count(L, 2, "random.uniform(low, high)");
  double low = number_argument(L, 1, "random.uniform", "low");
  double high = number_argument(L, 2, "random.uniform", "high");
  if (!(low <= high))
    bind_error(L, "random.uniform: low must not be above high");
  lua_pushnumber(L, low + (high - low) * sim_rng_uniform(stream(L)));
  return 1;
}

static int
random_integer(lua_State *L)
{
  bind_value_count(L, 2, "random.integer(low, high)");
  lua_Integer low =
      bind_value_integer(L, 1, "random.integer", "low", LUA_MININTEGER, LUA_MAXINTEGER);
  lua_Integer high =
      bind_value_integer(L, 2, "random.integer", "high", LUA_MININTEGER, LUA_MAXINTEGER);
  if (low > high)
    bind_error(L, "random.integer: low must not be above high");
  lua_pushinteger(L, whole_between(L, low, high));
  return 1;
}

static int
random_chance(lua_State *L)
{
  bind_value_count(L, 1, "random.chance(probability)");
  static const SimParam param = {.name = "probability", .kind = SIM_PARAM_RATIO};
  double probability;
  bind_value_param(L, 1, "random.chance", &param, &probability);
  lua_pushboolean(L, sim_rng_chance(stream(L), probability));
  return 1;
}

static double
mean_argument(lua_State *L, const char *call)
{
  double mean = number_argument(L, 1, call, "mean");
  if (!(mean >= 0))
    bind_error(L, "%s: mean must be at least 0", call);
  return mean;
}

static int
random_exponential(lua_State *L)
{
  bind_value_count(L, 1, "random.exponential(mean)");
  double mean = mean_argument(L, "random.exponential");
  lua_pushnumber(L, sim_rng_exponential(stream(L), mean));
  return 1;
}

static int
random_normal(lua_State *L)
{
  bind_value_count(L, 2, "random.normal(mean, deviation)");
  double mean = number_argument(L, 1, "random.normal", "mean");
  double deviation = number_argument(L, 2, "random.normal", "deviation");
  if (!(deviation >= 0))
    bind_error(L, "random.normal: deviation must be at least 0");
  lua_pushnumber(L, sim_rng_normal(stream(L), mean, deviation));
  return 1;
}

static int
random_pareto(lua_State *L)
{
  bind_value_count(L, 2, "random.pareto(mean, shape)");
  double mean = mean_argument(L, "random.pareto");
  double shape = number_argument(L, 2, "random.pareto", "shape");
  if (!(shape > 1))
    bind_error(L, "random.pareto: shape must be more than 1, or there is no mean");
  lua_pushnumber(L, sim_rng_pareto(stream(L), mean, shape));
  return 1;
}

static const BindFunction functions[] = {
    {"uniform", random_uniform, "low: Quantity, high: Quantity", "number", "evenly between them"},
    {"integer", random_integer, "low: integer, high: integer", "integer",
     "a whole number from low to high"},
    {"chance", random_chance, "probability: Ratio", "boolean", "true so often"},
    {"exponential", random_exponential, "mean: Quantity", "number", "exponential"},
    {"normal", random_normal, "mean: Quantity, deviation: Quantity", "number", "normal"},
    {"pareto", random_pareto, "mean: Quantity, shape: number", "number",
     "Pareto; the larger the shape, the rarer are large ones"},
    {.name = NULL},
};

static int
random_unknown(lua_State *L)
{
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  const char *names[G_N_ELEMENTS(functions)] = {NULL};
  for (size_t i = 0; functions[i].name != NULL; i++)
    names[i] = functions[i].name;
  bind_error_unknown(L, "distribution of random", name, names);
}

static int
random_assigned(lua_State *L)
{
  bind_error(L, "random: nothing can be assigned to it");
}

static void
open_random(lua_State *L)
{
  static const luaL_Reg meta[] = {
      {"__call", random_call}, {"__newindex", random_assigned}, {NULL, NULL}};
  lua_getfield(L, -1, "math");
  lua_pushcfunction(L, math_random);
  lua_setfield(L, -2, "random");
  lua_pushcfunction(L, math_randomseed);
  lua_setfield(L, -2, "randomseed");
  lua_pop(L, 1);
  lua_newtable(L); /* random itself: empty, so that every access is seen */
  lua_newtable(L); /* its metatable */
  luaL_setfuncs(L, meta, 0);
  lua_newtable(L);
  bind_functions_set(L, functions);
  lua_newtable(L);
  lua_pushcfunction(L, random_unknown);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_setfield(L, -2, "random");
}

const BindGroup bind_group_random = {
    .name = "chance",
    .title = "Chance",
    .help = "random(), which is math.random(), and distributions",
    .library = "random",
    .functions = functions,
    .open = open_random,
};
