/* bind-value: reading arguments and tables of options, with messages that name the field.
 *
 * Everything goes through sim_param_set(), so that "50 ms" means the same in every place and is
 * refused in the same words. */
#include "scenarios/runner/bind/bind.h"

#include <math.h>
#include <string.h>

const char *
bind_value_describe(lua_State *L, int index)
{
  switch (lua_type(L, index)) {
  case LUA_TNONE:
  case LUA_TNIL:
    return "nothing";
  case LUA_TBOOLEAN:
    return lua_toboolean(L, index) ? "true" : "false";
  case LUA_TNUMBER:
    return "a number";
  case LUA_TSTRING:
    return "a text";
  case LUA_TTABLE:
    return "a table";
  case LUA_TFUNCTION:
    return "a function";
  case LUA_TUSERDATA:
    if (luaL_getmetafield(L, index, "described") == LUA_TSTRING) {
      const char *text = lua_tostring(L, -1); /* the metatable keeps it */
      lua_pop(L, 1);
      return text;
    }
    break;
  default:
    break;
  }
  return "something else";
}

/* Raises "WHERE: NAME: wanted is ..., not a table". */
static G_NORETURN void
refuse(lua_State *L, int index, const char *where, const char *name, const char *wanted)
{
  const char *given = bind_value_describe(L, index);
  bind_error(L, "%s%s%s: %s is wanted, not %s", where, *where == '\0' ? "" : ": ", name, wanted,
             given);
}

/* The numbers of the list at `index`, in memory of Lua's that is left on the stack. */
static const double *
list_of_numbers(lua_State *L, int index, const char *where, const char *name, uint32_t *count)
{
  index = lua_absindex(L, index);
  lua_Integer length = luaL_len(L, index);
  if (length > INT32_MAX)
    bind_error(L, "%s: %s: this list is too long", where, name);
  double *numbers = lua_newuserdatauv(L, sizeof *numbers * (size_t)MAX(length, 1), 0);
  for (lua_Integer i = 1; i <= length; i++) {
    if (lua_geti(L, index, i) != LUA_TNUMBER)
      refuse(L, -1, where, name, "a list of numbers");
    numbers[i - 1] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  *count = (uint32_t)length;
  return numbers;
}

void
bind_value_param(lua_State *L, int index, const char *where, const SimParam *param, void *settings)
{
  SimParamValue value = {0};
  int top = lua_gettop(L);
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    value.type = SIM_VALUE_BOOL;
    value.boolean = lua_toboolean(L, index);
    break;
  case LUA_TNUMBER:
    value.type = SIM_VALUE_NUMBER;
    value.number = lua_tonumber(L, index);
    break;
  case LUA_TSTRING:
    value.type = SIM_VALUE_TEXT;
    value.text = param->kind == SIM_PARAM_FILE ? bind_file_path(L, index, where, param->name)
                                               : lua_tostring(L, index);
    break;
  case LUA_TTABLE:
    if (param->kind == SIM_PARAM_NUMBERS) {
      value.type = SIM_VALUE_NUMBERS;
      value.numbers = list_of_numbers(L, index, where, param->name, &value.count);
      break;
    }
    G_GNUC_FALLTHROUGH;
  default: {
    char accepted[256];
    char *text = sim_param_accepts(param);
    g_strlcpy(accepted, text, sizeof accepted);
    g_free(text);
    refuse(L, index, where, param->name, accepted);
  }
  }
  GError *error = NULL;
  if (!sim_param_set(param, settings, &value, &error))
    bind_raise_in(L, where, error);
  lua_settop(L, top);
}

SimTime
bind_value_time(lua_State *L, int index, const char *where, const char *name)
{
  SimParam param = {.name = name, .kind = SIM_PARAM_TIME};
  SimTime time;
  bind_value_param(L, index, where, &param, &time);
  return time;
}

uint64_t
bind_value_size(lua_State *L, int index, const char *where, const char *name)
{
  SimParam param = {.name = name, .kind = SIM_PARAM_SIZE};
  uint64_t size;
  bind_value_param(L, index, where, &param, &size);
  return size;
}

const char *
bind_value_bytes(lua_State *L, int index, size_t *length)
{
  SimQuantity quantity;
  if (lua_type(L, index) != LUA_TSTRING)
    return NULL;
  const char *text = lua_tolstring(L, index, length);
  bool with_unit =
      sim_quantity_parse(text, &quantity, NULL) && quantity.kind != SIM_QUANTITY_NUMBER;
  return with_unit ? NULL : text;
}

double
bind_value_number(lua_State *L, int index, const char *where, const char *name)
{
  if (lua_type(L, index) != LUA_TNUMBER)
    refuse(L, index, where, name, "a number");
  return lua_tonumber(L, index);
}

int64_t
bind_value_integer(lua_State *L, int index, const char *where, const char *name, int64_t min,
                   int64_t max)
{
  int whole = 0;
  if (lua_type(L, index) != LUA_TNUMBER)
    refuse(L, index, where, name, "a whole number");
  int64_t value = lua_tointegerx(L, index, &whole);
  if (whole && value >= min && value <= max)
    return value;
  char given[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_dtostr(given, sizeof given, lua_tonumber(L, index));
  bind_error(
      L, "%s%s%s = %s: a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is wanted",
      where, *where == '\0' ? "" : ": ", name, given, min, max);
}

bool
bind_value_bool(lua_State *L, int index, const char *where, const char *name)
{
  if (lua_type(L, index) != LUA_TBOOLEAN)
    refuse(L, index, where, name, "true or false");
  return lua_toboolean(L, index);
}

const char *
bind_value_text(lua_State *L, int index, const char *where, const char *name)
{
  if (lua_type(L, index) != LUA_TSTRING)
    refuse(L, index, where, name, "a text");
  return lua_tostring(L, index);
}

void
bind_value_function(lua_State *L, int index, const char *where, const char *name)
{
  if (lua_type(L, index) != LUA_TFUNCTION)
    refuse(L, index, where, name, "a function");
}

void
bind_value_count(lua_State *L, int max, const char *usage)
{
  /* What another call returned behind its last value: result("bytes", conn:receive_all()). */
  while (lua_gettop(L) > max && lua_isnil(L, -1))
    lua_pop(L, 1);
  if (lua_gettop(L) > max)
    bind_error(L, "too many arguments: the call is %s", usage);
}

const BindField *
bind_field_find(const BindField *fields, const char *name)
{
  for (; fields != NULL && fields->name != NULL; fields++)
    if (strcmp(fields->name, name) == 0)
      return fields;
  return NULL;
}

const char **
bind_options_names(const BindOptions *options)
{
  size_t count = 0, extra = 0;
  while (options->params != NULL && options->params[count].name != NULL)
    count++;
  while (options->extras != NULL && options->extras[extra].name != NULL)
    extra++;
  const char **names = g_new0(const char *, count + extra + 1);
  for (size_t i = 0; i < count; i++)
    names[i] = options->params[i].name;
  for (size_t i = 0; i < extra; i++)
    names[count + i] = options->extras[i].name;
  return names;
}

static bool
known(const char *key, const BindOptions *options)
{
  return (options->params != NULL && sim_param_find(options->params, key) != NULL) ||
         bind_field_find(options->extras, key) != NULL;
}

bool
bind_options_check(lua_State *L, int index, const BindOptions *options)
{
  const char *what = options->what;
  if (lua_isnoneornil(L, index))
    return false;
  if (lua_type(L, index) != LUA_TTABLE)
    bind_error(L, "%s: a table {name = value} is wanted, not %s", what,
               bind_value_describe(L, index));
  const char *unknown = NULL; /* the least of them: a table's own order is that of a hash */
  lua_pushnil(L);
  while (lua_next(L, lua_absindex(L, index < 0 ? index - 1 : index))) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
      bind_error(L, "%s: it is written {name = value}, but one has no name", what);
    const char *key = lua_tostring(L, -1); /* the table keeps it */
    if (!known(key, options) && (unknown == NULL || strcmp(key, unknown) < 0))
      unknown = key;
  }
  if (unknown == NULL)
    return true;
  const char **names = bind_options_names(options);
  GError *error = NULL;
  sim_error_unknown(&error, what, unknown, names);
  g_free(names);
  bind_raise(L, error);
}

void
bind_options_read(lua_State *L, int index, const char *what, const SimParam *params, void *settings)
{
  if (lua_isnoneornil(L, index))
    return;
  index = lua_absindex(L, index);
  for (const SimParam *param = params; param->name != NULL; param++) {
    lua_getfield(L, index, param->name);
    if (!lua_isnil(L, -1))
      bind_value_param(L, -1, what, param, settings);
    lua_pop(L, 1);
  }
}
