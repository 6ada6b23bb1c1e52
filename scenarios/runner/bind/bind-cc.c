/* bind-cc: tcp = {cc = ...}: a congestion control by its name, or by its name and its settings.
 *
 *   cc = "cubic"
 *   cc = {"cubic", beta = 0.5}
 *
 * The name is one of cc_list() or of the scenario's own (bind-congestion.c). Settings that are
 * asked for are kept as long as the scenario: profiles borrow them. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

/* The text at `index` as a congestion control. */
static const TcpCcOps *
find(lua_State *L, int index, const char *where)
{
  if (lua_type(L, index) != LUA_TSTRING)
    bind_error(L, "%s: cc: a name such as \"cubic\", or {\"cubic\", beta = 0.5}, is wanted, not %s",
               where, bind_value_describe(L, index));
  const char *name = lua_tostring(L, index);
  const Scenario *scenario = bind_scenario(L);
  const TcpCcOps *ops = bind_congestion_find(scenario, name);
  if (ops != NULL)
    return ops;
  const char **names = bind_congestion_names(scenario);
  GError *error = NULL;
  sim_error_unknown(&error, "congestion control", name, names);
  g_free(names);
  bind_raise_in(L, where, error);
}

/* A copy of the table at `index` without its first, nameless entry, on the stack. */
static void
push_settings(lua_State *L, int index)
{
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, index);) {
    if (lua_isinteger(L, -2) && lua_tointeger(L, -2) == 1) {
      lua_pop(L, 1);
      continue;
    }
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
}

/* Of the table on top of the stack. */
static bool
has_entries(lua_State *L)
{
  lua_pushnil(L);
  if (!lua_next(L, -2))
    return false;
  lua_pop(L, 2);
  return true;
}

static void
read_settings(lua_State *L, int index, const char *where, TcpProfile *profile)
{
  static const SimParam none[] = {{.name = NULL}};
  Scenario *scenario = bind_scenario(L);
  const TcpCcOps *ops = profile->cc;
  const SimParam *params = ops->params != NULL ? ops->params : none;
  char what[96];
  push_settings(L, index);
  if (params == none && has_entries(L))
    bind_error(L, "%s: cc \"%s\" has no options", where, ops->name);
  g_snprintf(what, sizeof what, "option of cc %s", ops->name);
  bind_options_check(L, -1, &(BindOptions){.what = what, .params = params});
  void *settings = lua_newuserdatauv(L, MAX(ops->settings_size, 1), 0);
  if (ops->settings_size > 0)
    memcpy(settings, ops->defaults, ops->settings_size);
  lua_insert(L, -2);
  g_snprintf(what, sizeof what, "%s: cc \"%s\"", where, ops->name);
  bind_options_read(L, -1, what, params, settings);
  profile->cc_settings = cc_settings_share(scenario->cc_settings, ops, settings);
}

void
bind_cc_read(lua_State *L, int index, const char *where, TcpProfile *profile)
{
  int top = lua_gettop(L);
  lua_getfield(L, index, "cc");
  if (lua_type(L, -1) == LUA_TTABLE) {
    lua_rawgeti(L, -1, 1);
    if (lua_isnil(L, -1))
      bind_error(L, "%s: cc = {...}: its name stands first: {\"cubic\", beta = 0.5}", where);
    profile->cc = find(L, -1, where);
    read_settings(L, top + 1, where, profile);
  } else if (!lua_isnil(L, -1)) {
    profile->cc = find(L, -1, where);
    profile->cc_settings = NULL;
  }
  lua_settop(L, top);
}
