/* bind-base: the globals: the scenario's own, and behind them the names of the language.
 *
 * The table of globals is empty when a scenario begins. A metatable finds the language's names, so
 * that reading an undefined global and assigning to a name of the language are both seen. What of
 * Lua's own library reaches files, other programs, the clock or Lua's insides is not there, and
 * what would show the order of a hash or an address is replaced (bind-order.c). */
#include "scenarios/runner/bind/bind.h"

#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/runner/bind/bind-order.h"
#include "scenarios/runner/terminal.h"
#include "sim/file.h"

#define CHUNK_NAME_MOST 40 /* bytes of a name that load() is given */

static int
compare_names(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the names in the table on top of the stack. Never raises: Lua keeps the strings. */
static void
add_names(lua_State *L, GPtrArray *names)
{
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING)
      g_ptr_array_add(names, (gpointer)(uintptr_t)lua_tostring(L, -2));
}

/* Pushes what the language has under the name at index 2; false: nothing, which is pushed too. */
static bool
find_name(lua_State *L, int language)
{
  lua_pushvalue(L, 2);
  lua_rawget(L, language);
  if (bind_topology_open(L, language)) {
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, language);
  }
  return !lua_isnil(L, -1);
}

/* __index of the globals: (globals, name), upvalue: the language. */
static int
global_index(lua_State *L)
{
  if (find_name(L, lua_upvalueindex(1)))
    return 1;
  if (lua_type(L, 2) != LUA_TSTRING)
    return 1;
  static const char *const closed[] = {"io", "os", "debug", "package", "dofile", "loadfile", NULL};
  const char *name = lua_tostring(L, 2);
  if (g_strv_contains(closed, name))
    bind_error(L,
               "\"%s\" is not there: a scenario cannot reach files, other programs, the clock of "
               "the machine or Lua's insides",
               name);
  luaL_checkstack(L, 8, NULL);
  GPtrArray *names = g_ptr_array_new();
  lua_pushvalue(L, lua_upvalueindex(1));
  add_names(L, names);
  lua_pushvalue(L, 1);
  add_names(L, names);
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  const char *nearest = sim_error_nearest(name, (const char *const *)names->pdata);
  g_ptr_array_unref(names);
  if (nearest != NULL)
    bind_error(L, "undefined global \"%s\"; did you mean \"%s\"?", name, nearest);
  bind_error(L,
             "undefined global \"%s\": it is neither a name of the scenario language nor a "
             "variable assigned before",
             name);
}

/* __newindex of the globals: (globals, name, value), upvalue: the language. */
static int
global_newindex(lua_State *L)
{
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
    bind_error(L,
               "\"%s\" is a name of the scenario language and cannot be assigned; choose another "
               "name, or make it local",
               lua_tostring(L, 2));
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 0;
}

static int
base_print(lua_State *L)
{
  int count = lua_gettop(L);
  bool quiet = bind_scenario(L)->settings.quiet;
  for (int i = 1; i <= count; i++) {
    size_t length;
    const char *text = bind_order_tostring(L, i, &length);
    if (!quiet) {
      if (i > 1)
        fputc('\t', stdout);
      terminal_put(stdout, text); /* as far as its first zero byte */
    }
    lua_pop(L, 1);
  }
  if (!quiet)
    fputc('\n', stdout);
  return 0;
}

/* The name of a chunk at `index` becomes what messages say, behind a mark: Lua makes that anew for
 * each message, and who keeps it (where a coroutine waits) needs one that lives as long as the
 * chunk. */
static void
shorten_chunk_name(lua_State *L, int index)
{
  size_t length;
  const char *name = lua_tolstring(L, index, &length);
  if (*name == '=' || *name == '@') {
    lua_pushliteral(L, "=");
    lua_pushlstring(L, name + 1, MIN(length - 1, CHUNK_NAME_MOST));
    lua_concat(L, 2);
  } else {
    size_t shown = MIN(strcspn(name, "\n"), CHUNK_NAME_MOST);
    lua_pushliteral(L, "=[string \"");
    lua_pushlstring(L, name, shown);
    lua_pushstring(L, shown < length ? "...\"]" : "\"]");
    lua_concat(L, 3);
  }
  lua_replace(L, index);
}

/* load(chunk, [name], [mode], [environment]): text only. Upvalue: Lua's own. */
static int
base_load(lua_State *L)
{
  if (lua_type(L, 1) != LUA_TSTRING)
    bind_error(L, "load: the chunk: a text is wanted, not %s", bind_value_describe(L, 1));
  int count = lua_isnone(L, 4) ? 3 : 4; /* an environment of nil is not the same as none */
  lua_settop(L, count);
  if (lua_isnil(L, 2)) {
    lua_pushliteral(L, "=load");
    lua_replace(L, 2);
  } else if (lua_type(L, 2) != LUA_TSTRING) {
    bind_error(L, "load: the name: a text is wanted, not %s", bind_value_describe(L, 2));
  } else {
    shorten_chunk_name(L, 2);
  }
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

static int
base_collectgarbage(lua_State *L)
{
  const char *what =
      lua_isnoneornil(L, 1) ? "collect" : bind_value_text(L, 1, "collectgarbage", "the argument");
  static const char *const known[] = {"collect", "step", NULL};
  if (!g_strv_contains(known, what))
    bind_error_unknown(L, "argument of collectgarbage", what, known);
  lua_gc(L, LUA_GCCOLLECT);
  lua_pushinteger(L, 0);
  return 1;
}

/* setmetatable(table, metatable), upvalue: Lua's own. A finalizer would run when the collector
 * comes to it, which no scenario should depend on, and where Lua asks no hook: it could not be
 * stopped. */
static int
base_setmetatable(lua_State *L)
{
  if (lua_type(L, 2) == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL)
      bind_error(L, "setmetatable: __gc is not there: it would run at a moment that has nothing to "
                    "do with the simulation; what ends with a block is <close>");
    lua_pop(L, 1);
  }
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 1);
  return 1;
}

/* The handler of xpcall; upvalue: the scenario's. The error with which the hook ends a run comes
 * here, too, while no hook is asked: then nothing of the scenario may run any more. */
static int
guarded_handler(lua_State *L)
{
  lua_settop(L, 1);
  if (scenario_is_over(bind_scenario(L)))
    return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int
return_all(lua_State *L, int status, lua_KContext context)
{
  return lua_gettop(L);
}

/* xpcall(function, handler, ...), upvalue: Lua's own. */
static int
base_xpcall(lua_State *L)
{
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_callk(L, count, LUA_MULTRET, 0, return_all);
  return lua_gettop(L);
}

static bool
is_below(const char *path, const char *folder)
{
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || length == 1);
}

/* Whether `path` is really below the scenario's folder, links followed. */
static bool
below_folder(const Scenario *scenario, const char *path)
{
  char *real = realpath(path, NULL);
  char *folder = realpath(scenario->folder, NULL);
  bool below = real != NULL && folder != NULL && is_below(real, folder);
  free(real);
  free(folder);
  return below;
}

/* Whether it is as it is written. Of what is not, a scenario does not even hear that it is there.
 */
static bool
named_below_folder(const Scenario *scenario, const char *path)
{
  g_autofree char *plain = g_canonicalize_filename(path, NULL);
  g_autofree char *folder = g_canonicalize_filename(scenario->folder, NULL);
  return is_below(plain, folder);
}

const char *
bind_file_path(lua_State *L, int index, const char *where, const char *name)
{
  const Scenario *scenario = bind_scenario(L);
  const char *given = bind_value_text(L, index, where, name);
  bool here = strcmp(scenario->folder, ".") == 0 || g_path_is_absolute(given);
  const char *path =
      here ? lua_pushstring(L, given) : lua_pushfstring(L, "%s/%s", scenario->folder, given);
  bool below = below_folder(scenario, path);
  if (!below && named_below_folder(scenario, path) && !g_file_test(path, G_FILE_TEST_EXISTS))
    bind_error(L, "%s: %s: there is no file \"%s\"; a path counts from the scenario's folder",
               where, name, path);
  if (!below)
    bind_error(L, "%s: %s: \"%s\" leads out of the scenario's folder", where, name, given);
  size_t length = 0;
  GError *error = NULL;
  char *text = sim_file_read(path, "an ordinary file is wanted", &length, &error);
  if (text == NULL) {
    g_prefix_error(&error, "%s: ", name);
    bind_raise_in(L, where, error);
  }
  g_checksum_update(scenario->inputs, (const guchar *)text, (gssize)length);
  g_free(text);
  return path;
}

/* Pushes the compiled file of a module; `path` is on the stack below, kept by Lua. */
static void
load_module(lua_State *L, const char *name, const char *path)
{
  Scenario *scenario = bind_scenario(L);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    bind_error(L, "require: there is no file \"%s\" for \"%s\"; modules stand beside the scenario",
               path, name);
  if (!below_folder(scenario, path))
    bind_error(L, "require: \"%s\" leads out of the scenario's folder", name);
  lua_pushfstring(L, "@%s", path);
  size_t length = 0;
  GError *error = NULL;
  char *text = sim_file_read(path, "a module is a file of Lua", &length, &error);
  if (text == NULL)
    bind_raise_in(L, "require", error);
  g_checksum_update(scenario->inputs, (const guchar *)text, (gssize)length);
  int status = luaL_loadbufferx(L, text, length, lua_tostring(L, -1), "t");
  g_free(text);
  if (status != LUA_OK)
    lua_error(L);
  lua_remove(L, -2);
}

/* In the table of what has been loaded: its text is being run. */
static const char module_begun;

/* require(name): upvalue 1 is that table. */
static int
base_require(lua_State *L)
{
  bind_value_count(L, 1, "require(name)");
  const char *name = bind_value_text(L, 1, "require", "the name");
  lua_pushvalue(L, 1);
  int type = lua_rawget(L, lua_upvalueindex(1));
  if (type == LUA_TLIGHTUSERDATA && lua_touserdata(L, -1) == &module_begun)
    bind_error(L,
               "require: \"%s\" was begun and has not come to its end: modules cannot need each "
               "other in a circle",
               name);
  if (type != LUA_TNIL)
    return 1;
  bool clean = *name != '\0' && strlen(name) == lua_rawlen(L, 1);
  for (const char *at = name; *at != '\0'; at++)
    clean = clean && (g_ascii_isalnum(*at) || *at == '_' || *at == '-' ||
                      (*at == '.' && at != name && at[1] != '.' && at[1] != '\0'));
  if (!clean)
    bind_error(L,
               "require: \"%s\": a module is named by letters, digits, '_' and '-', with a '.' "
               "between folder and file: require \"helpers\", require \"lib.helpers\"",
               name);
  const char *below = luaL_gsub(L, name, ".", "/");
  const char *path = lua_pushfstring(L, "%s/%s.lua", bind_scenario(L)->folder, below);
  load_module(L, name, path);
  lua_pushvalue(L, 1);
  lua_pushlightuserdata(L, (void *)(uintptr_t)&module_begun);
  lua_rawset(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushboolean(L, true);
  }
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -2);
  lua_rawset(L, lua_upvalueindex(1));
  return 1;
}

/* Takes `name` out of the table on top of the stack. */
static void
remove_field(lua_State *L, const char *name)
{
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

/* Moves the globals into a new table, which is left on the stack. */
static void
globals_to_language(lua_State *L)
{
  lua_newtable(L);
  lua_pushglobaltable(L);
  for (lua_pushnil(L); lua_next(L, -2);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -5);
    lua_pushvalue(L, -1); /* assigning nil to a field that exists does not disturb lua_next() */
    lua_pushnil(L);
    lua_rawset(L, -4);
  }
  lua_pop(L, 1);
}

/* Replaces Lua's own functions in the language on top of the stack. */
static void
replace_functions(lua_State *L)
{
  static const char *const removed[] = {"dofile", "loadfile", "warn"};
  for (size_t i = 0; i < G_N_ELEMENTS(removed); i++)
    remove_field(L, removed[i]);
  static const luaL_Reg wrapped[] = {
      {"load", base_load}, {"setmetatable", base_setmetatable}, {"xpcall", base_xpcall}};
  for (size_t i = 0; i < G_N_ELEMENTS(wrapped); i++) {
    lua_getfield(L, -1, wrapped[i].name);
    lua_pushcclosure(L, wrapped[i].func, 1);
    lua_setfield(L, -2, wrapped[i].name);
  }
  lua_newtable(L);
  lua_pushcclosure(L, base_require, 1);
  lua_setfield(L, -2, "require");
  lua_pushcfunction(L, base_collectgarbage);
  lua_setfield(L, -2, "collectgarbage");
  lua_getfield(L, -1, "string");
  remove_field(L, "dump");
  lua_pop(L, 1);
  bind_order_open(L);
}

static const BindFunction functions[] = {
    {"require", NULL, "name: string", "any",
     "a Lua file beside the scenario: \"helpers\", \"lib.helpers\""},
    {"print", base_print, "...: any", NULL, "writes to the terminal, not with --quiet"},
    {.name = NULL},
};

/* require has an upvalue; the rest stands for Lua's own, whose manual says what it does. */

const BindGroup bind_group_base = {
    .name = "lua",
    .title = "Lua",
    .help = "what Lua 5.4 has not, or otherwise; roundtrip help limits says what is not there",
    .functions = functions,
};

const BindGroup *const *
bind_groups(void)
{
  static const BindGroup *const groups[] = {
      &bind_group_host,       &bind_group_link,  &bind_group_middlebox,  &bind_group_topology,
      &bind_group_time,       &bind_group_conn,  &bind_group_udp,        &bind_group_load,
      &bind_group_stream,     &bind_group_param, &bind_group_experiment, &bind_group_random,
      &bind_group_congestion, &bind_group_study, &bind_group_base,       NULL,
  };
  return groups;
}

/* The language is on top of the stack. */
static void
open_group(lua_State *L, const BindGroup *group)
{
  for (const BindType *const *type = group->types; type != NULL && *type != NULL; type++)
    bind_type_open(L, *type);
  if (group->library == NULL)
    bind_functions_set(L, group->functions);
  if (group->open != NULL)
    group->open(L);
}

void
bind_base_open(lua_State *L)
{
  static const luaL_Reg libraries[] = {
      {"_G", luaopen_base},       {"coroutine", luaopen_coroutine}, {"math", luaopen_math},
      {"string", luaopen_string}, {"table", luaopen_table},         {"utf8", luaopen_utf8},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(libraries); i++) {
    luaL_requiref(L, libraries[i].name, libraries[i].func, true);
    lua_pop(L, 1);
  }
  globals_to_language(L);
  replace_functions(L);
  for (const BindGroup *const *group = bind_groups(); *group != NULL; group++)
    open_group(L, *group);
  lua_pushglobaltable(L);
  lua_newtable(L);
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, global_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, global_newindex, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 2);
}
