/* bind-param: param(): what may be varied from outside.
 *
 * The default decides the kind: a quantity with a unit, a number, true or false, or a text. What
 * -p gives is read in the same kind. A quantity is a number to the scenario and keeps its unit
 * where it is printed. */
#include "scenarios/runner/bind/bind.h"

#include <math.h>
#include <string.h>

typedef enum { PARAM_BOOL, PARAM_NUMBER, PARAM_TEXT } ParamType;

typedef struct ParamValue {
  ParamType type;
  SimQuantityKind kind; /* of a number */
  bool whole;           /* a number that is given to Lua as an integer when it is whole */
  double number;        /* a number, or 0 and 1 for false and true */
  const char *text;     /* a text; borrowed from Lua or the command line */
} ParamValue;

/* Reads a text that begins like a number as a quantity of `kind` (or of any, when `kind` is that
 * of plain numbers or `any`). */
static bool
read_quantity(const char *text, SimQuantityKind kind, bool any, SimQuantity *quantity,
              GError **error)
{
  if (!sim_quantity_parse(text, quantity, error))
    return false;
  if (any || kind == SIM_QUANTITY_NUMBER || quantity->kind == kind ||
      quantity->kind == SIM_QUANTITY_NUMBER)
    return true;
  g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "\"%s\": a %s is wanted, such as %s", text,
              sim_quantity_kind_name(kind), sim_quantity_kind_example(kind));
  return false;
}

/* Whether a text was meant as a number, perhaps with a unit: "50 ms", "5 furlongs"; not "10.0.0.1"
 * and not "3-way". */
static bool
looks_like_quantity(const char *text)
{
  const char *at = text + (*text == '-' || *text == '+');
  size_t digits = strspn(at, "0123456789");
  at += digits;
  if (*at == '.') {
    size_t decimals = strspn(++at, "0123456789");
    at += decimals;
    digits += decimals;
  }
  at += *at == ' ';
  bool unit = true;
  for (; *at != '\0'; at++)
    unit = unit && (g_ascii_isalpha(*at) || *at == '/' || *at == '%');
  return digits > 0 && unit;
}

static ParamValue
read_default(lua_State *L, int index)
{
  ParamValue value = {.type = PARAM_TEXT};
  SimQuantity quantity;
  GError *error = NULL;
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    return (ParamValue){.type = PARAM_BOOL, .number = lua_toboolean(L, index)};
  case LUA_TNUMBER:
    return (ParamValue){
        .type = PARAM_NUMBER, .whole = lua_isinteger(L, index), .number = lua_tonumber(L, index)};
  case LUA_TSTRING:
    value.text = lua_tostring(L, index);
    break;
  default:
    bind_error(L,
               "param: the default: a quantity such as \"50 ms\", a number, a text, true or "
               "false is wanted, not %s",
               bind_value_describe(L, index));
  }
  if (!looks_like_quantity(value.text))
    return value;
  if (!read_quantity(value.text, SIM_QUANTITY_NUMBER, true, &quantity, &error))
    bind_raise_in(L, "param: the default", error);
  return (ParamValue){.type = PARAM_NUMBER,
                      .kind = quantity.kind,
                      .whole = quantity.kind != SIM_QUANTITY_TIME,
                      .number = quantity.value};
}

/* What `text` says, as a value of the same kind as `model`. */
static bool
parse_as(const char *text, const ParamValue *model, ParamValue *value, GError **error)
{
  SimQuantity quantity;
  *value = *model;
  switch (model->type) {
  case PARAM_TEXT:
    value->text = text;
    return true;
  case PARAM_BOOL:
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
      g_set_error(error, SIM_ERROR, SIM_ERROR_VALUE, "\"%s\": true or false is wanted", text);
      return false;
    }
    value->number = *text == 't';
    return true;
  case PARAM_NUMBER:
    break;
  }
  if (!read_quantity(text, model->kind, false, &quantity, error))
    return false;
  value->number = quantity.value;
  return true;
}

/* The value of -p NAME=VALUE, or NULL. */
static const char *
find_given(const Scenario *scenario, const char *name)
{
  size_t length = strlen(name);
  const char *const *given = scenario->settings.params;
  for (; given != NULL && *given != NULL; given++)
    if (strncmp(*given, name, length) == 0 && (*given)[length] == '=')
      return *given + length + 1;
  return NULL;
}

/* A bound or choice on top of the stack, in the kind of the parameter. */
static ParamValue
read_like(lua_State *L, const char *name, const ParamValue *model)
{
  ParamValue value = *model;
  GError *error = NULL;
  int type = lua_type(L, -1);
  if (type == LUA_TNUMBER && model->type == PARAM_NUMBER) {
    value.number = lua_tonumber(L, -1);
    return value;
  }
  if (type == LUA_TBOOLEAN && model->type == PARAM_BOOL) {
    value.number = lua_toboolean(L, -1);
    return value;
  }
  if (type != LUA_TSTRING)
    bind_error(L, "param: %s: a value like the default is wanted, not %s", name,
               bind_value_describe(L, -1));
  if (!parse_as(lua_tostring(L, -1), model, &value, &error)) {
    g_prefix_error(&error, "%s: ", name);
    bind_raise_in(L, "param", error);
  }
  return value;
}

/* g_free. */
static char *
value_print(const ParamValue *value)
{
  if (value->type == PARAM_TEXT)
    return g_strdup(value->text);
  if (value->type == PARAM_BOOL)
    return g_strdup(value->number != 0 ? "true" : "false");
  return sim_quantity_print(value->kind, value->number);
}

static bool
same_value(const ParamValue *a, const ParamValue *b)
{
  return a->type == PARAM_TEXT ? strcmp(a->text, b->text) == 0 : a->number == b->number;
}

static G_NORETURN void
refuse_value(lua_State *L, const char *name, const ParamValue *value, const char *wanted)
{
  char *print = value_print(value);
  GError *error =
      g_error_new(SIM_ERROR, SIM_ERROR_VALUE, "parameter %s = %s: %s", name, print, wanted);
  g_free(print);
  bind_raise(L, error);
}

/* choices = {...} is on top of the stack. */
static void
check_choices(lua_State *L, const char *name, const ParamValue *value)
{
  if (lua_isnil(L, -1))
    return;
  if (lua_type(L, -1) != LUA_TTABLE)
    bind_error(L, "param: choices: a list such as {\"reno\", \"cubic\"} is wanted, not %s",
               bind_value_describe(L, -1));
  char accepted[1024] = "accepted: ";
  for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
    ParamValue choice = read_like(L, "choices", value);
    if (same_value(&choice, value)) {
      lua_pop(L, 1);
      return;
    }
    char *print = value_print(&choice);
    if (i > 1)
      g_strlcat(accepted, ", ", sizeof accepted);
    g_strlcat(accepted, print, sizeof accepted);
    g_free(print);
    lua_pop(L, 1);
  }
  refuse_value(L, name, value, accepted);
}

static void
check_bound(lua_State *L, int options, const char *name, const char *bound, const ParamValue *value)
{
  lua_getfield(L, options, bound);
  if (!lua_isnil(L, -1)) {
    if (value->type != PARAM_NUMBER)
      bind_error(L, "param: %s: only a number has one", bound);
    ParamValue limit = read_like(L, bound, value);
    bool least = *bound == 'm' && bound[1] == 'i';
    if (least ? value->number < limit.number : value->number > limit.number) {
      char wanted[96];
      char *print = value_print(&limit);
      g_snprintf(wanted, sizeof wanted, "must be at %s %s", least ? "least" : "most", print);
      g_free(print);
      refuse_value(L, name, value, wanted);
    }
  }
  lua_pop(L, 1);
}

static const BindField param_extras[] = {
    {"min", "Quantity", "the least that is accepted"},
    {"max", "Quantity", "the most that is accepted"},
    {"choices", "(Quantity|boolean)[]", "nothing but these"},
    {.name = NULL},
};

static const BindOptions param_options = {
    .name = "ParamOptions",
    .what = "option of param",
    .extras = param_extras,
    .help = "param(name, default, help, {...})",
};

static void
check_options(lua_State *L, int options, const char *name, const ParamValue *value)
{
  if (!bind_options_check(L, options, &param_options))
    return;
  check_bound(L, options, name, "min", value);
  check_bound(L, options, name, "max", value);
  lua_getfield(L, options, "choices");
  check_choices(L, name, value);
  lua_pop(L, 1);
}

static void
push_value(lua_State *L, const ParamValue *value)
{
  if (value->type == PARAM_BOOL)
    lua_pushboolean(L, value->number != 0);
  else if (value->type == PARAM_TEXT)
    lua_pushstring(L, value->text);
  else if (value->whole && value->number == floor(value->number) && fabs(value->number) < 0x1p53)
    lua_pushinteger(L, (lua_Integer)value->number);
  else
    lua_pushnumber(L, value->number);
}

static void
check_name(lua_State *L, const char *name)
{
  const Scenario *scenario = bind_scenario(L);
  if (!scenario->loading)
    bind_error(L, "param: parameters are declared while the file is read, not when time passes");
  bool usable = g_ascii_isalpha(*name) || *name == '_';
  for (const char *at = name; *at != '\0'; at++)
    usable = usable && (g_ascii_isalnum(*at) || strchr("_-.", *at) != NULL);
  if (!usable)
    bind_error(L, "param: \"%s\" cannot be its name; accepted: letters, digits, '_', '-' and '.'",
               name);
  for (guint i = 0; i < scenario->params->len; i++)
    if (strcmp(((ScenarioParam *)scenario->params->pdata[i])->name, name) == 0)
      bind_error(L, "param: \"%s\" is declared twice", name);
}

static const char *
kind_name(const ParamValue *value)
{
  if (value->type == PARAM_BOOL)
    return "true or false";
  return value->type == PARAM_TEXT ? "text" : sim_quantity_kind_name(value->kind);
}

/* Keeps what check_options() has found to be right, for who asks what may be varied. */
static void
keep_options(lua_State *L, int options, ScenarioParam *param, const ParamValue *model)
{
  if (lua_isnoneornil(L, options))
    return;
  char **const bounds[] = {&param->min, &param->max};
  static const char *const names[] = {"min", "max"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    lua_getfield(L, options, names[i]);
    if (!lua_isnil(L, -1)) {
      ParamValue bound = read_like(L, names[i], model);
      *bounds[i] = value_print(&bound);
    }
    lua_pop(L, 1);
  }
  lua_getfield(L, options, "choices");
  if (lua_istable(L, -1)) {
    param->choices = g_ptr_array_new_with_free_func(g_free);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
      ParamValue choice = read_like(L, "choices", model);
      g_ptr_array_add(param->choices, value_print(&choice));
      lua_pop(L, 1);
    }
    g_ptr_array_add(param->choices, NULL);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static int
declare(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_value_count(L, 4, "param(name, default, [help], [{min =, max =, choices =}])");
  const char *name = bind_value_text(L, 1, "param", "the name");
  check_name(L, name);
  ParamValue value = read_default(L, 2);
  const char *help = lua_isnoneornil(L, 3) ? "" : bind_value_text(L, 3, "param", "the help");
  lua_settop(L, 4);
  check_options(L, 4, name, &value);
  const char *given = find_given(scenario, name);
  const ParamValue model = value;
  if (given != NULL) {
    GError *error = NULL;
    if (!parse_as(given, &model, &value, &error)) {
      g_prefix_error(&error, "-p %s: ", name);
      bind_raise(L, error);
    }
    check_options(L, 4, name, &value);
  }
  push_value(L, &value);
  ScenarioParam *param = g_new0(ScenarioParam, 1);
  *param = (ScenarioParam){.name = g_strdup(name),
                           .help = g_strdup(help),
                           .text = value_print(&value),
                           .kind = kind_name(&model),
                           .standard = value_print(&model)};
  g_ptr_array_add(scenario->params, param);
  keep_options(L, 4, param, &model);
  return 1;
}

static const BindFunction functions[] = {
    {"param", declare,
     "name: string, default: Quantity|boolean, help?: string, options?: ParamOptions", "any",
     "what may be varied: -p NAME=VALUE, an axis of a sweep, a slider of the lab; its value, in "
     "the SI unit where the default has a unit"},
    {.name = NULL},
};

static const BindOptions *const options_of_param[] = {&param_options, NULL};

const BindGroup bind_group_param = {
    .name = "parameters",
    .title = "Parameters",
    .help = "what may be varied from outside",
    .functions = functions,
    .options = options_of_param,
};
