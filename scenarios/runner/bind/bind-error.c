/* bind-error: how a mistake in a scenario becomes one message with its file and line.
 *
 * A message is built in a buffer of the C stack, so that nothing is lost when lua_error() jumps. */
#include "scenarios/runner/bind/bind.h"

#include <stdarg.h>
#include <string.h>

#define MESSAGE_MAX 4096
#define CALLERS_SHOWN 10 /* a function that calls itself without end has two hundred thousand */

/* The file that a chunk's name stands for, "@FILE" as it was loaded, or what load() made of the
 * name that it was given: all have a mark. It lives as long as the chunk. */
static const char *
source_file(const lua_Debug *debug)
{
  return debug->source + 1;
}

/* A function of Lua, and not one of the language's own. */
static bool
is_of_scenario(const lua_Debug *debug)
{
  return debug->currentline > 0 && strcmp(debug->source, BIND_LIBRARY) != 0;
}

int
bind_line(lua_State *L, const char **source)
{
  lua_Debug debug;
  for (int level = 0; lua_getstack(L, level, &debug); level++) {
    lua_getinfo(L, "Sl", &debug);
    if (is_of_scenario(&debug)) {
      if (source != NULL)
        *source = source_file(&debug);
      return debug.currentline;
    }
  }
  /* A call in tail position: the function that made it has left no frame. */
  const Coroutine *running = bind_scenario(L)->running;
  if (source != NULL)
    *source = running != NULL ? running->source : bind_scenario(L)->settings.path;
  return running != NULL ? running->line : 0;
}

static G_NORETURN void
raise_text(lua_State *L, const char *text)
{
  const char *source;
  int line = bind_line(L, &source);
  if (line > 0)
    lua_pushfstring(L, "%s:%d: %s", source, line, text);
  else
    lua_pushfstring(L, "%s: %s", source, text);
  lua_error(L);
  g_assert_not_reached();
}

void
bind_error(lua_State *L, const char *format, ...)
{
  char text[MESSAGE_MAX];
  va_list arguments;
  va_start(arguments, format);
  g_vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  raise_text(L, text);
}

void
bind_raise_in(lua_State *L, const char *call, GError *error)
{
  char text[MESSAGE_MAX];
  g_snprintf(text, sizeof text, "%s%s%s", call, *call == '\0' ? "" : ": ", error->message);
  g_error_free(error);
  raise_text(L, text);
}

void
bind_raise(lua_State *L, GError *error)
{
  bind_raise_in(L, "", error);
}

void
bind_error_unknown(lua_State *L, const char *what, const char *name, const char *const *known)
{
  GError *error = NULL;
  sim_error_unknown(&error, what, name, known);
  bind_raise(L, error);
}

void
bind_check_acting(lua_State *L, const char *call)
{
  const char *forbidden = bind_scenario(L)->forbidden;
  if (forbidden != NULL)
    bind_error(L, "%s: cannot be called within %s, which may only look", call, forbidden);
}

void
bind_check_parallel(lua_State *L, const char *what)
{
  if (bind_scenario(L)->settings.parallel)
    bind_error(
        L,
        "%s: not with --parallel: what is divided among processes is hosts, routers, firewalls, "
        "links whose models and rules are no functions, and loads (bulk, poisson, "
        "request_response, idle, cbr, on_off)",
        what);
}

void
bind_check_loading(lua_State *L, const char *call)
{
  bind_check_acting(L, call);
  if (!bind_scenario(L)->loading)
    bind_error(L, "%s: the network is described while the file is read, not when time passes",
               call);
}

/* tostring() for an error object that is no string; the argument is the object. */
static int
object_to_text(lua_State *L)
{
  luaL_tolstring(L, 1, NULL);
  return 1;
}

/* Appends what the error object on top of the stack says. */
static void
append_object(GString *text, Scenario *scenario, lua_State *thread)
{
  if (lua_type(thread, -1) == LUA_TSTRING) {
    g_string_append(text, lua_tostring(thread, -1));
    return;
  }
  const char *type = luaL_typename(thread, -1);
  lua_State *side = scenario->side;
  bool has_text = lua_type(thread, -1) == LUA_TNUMBER;
  if (luaL_getmetafield(thread, -1, "__tostring") != LUA_TNIL) {
    lua_pop(thread, 1);
    has_text = true;
  }
  if (has_text && lua_checkstack(side, 2)) {
    lua_pushvalue(thread, -1);
    if (side != thread)
      lua_xmove(thread, side, 1);
    lua_pushcfunction(side, object_to_text);
    lua_insert(side, -2);
    int status = lua_pcall(side, 1, 1, 0);
    if (status == LUA_OK)
      g_string_append(text, lua_tostring(side, -1));
    lua_pop(side, 1);
    if (status == LUA_OK)
      return;
  }
  g_string_append_printf(text, "error() was given a %s value instead of a message", type);
}

/* Adds the lines of the functions that called the one which failed, the nearest ones: Lua finds a
 * level by walking to it. */
static void
append_callers(GString *text, lua_State *thread)
{
  lua_Debug debug;
  int lines = 0;
  for (int level = 0; lua_getstack(thread, level, &debug); level++) {
    lua_getinfo(thread, "Sl", &debug);
    if (!is_of_scenario(&debug) || lines++ == 0)
      continue;
    if (lines > CALLERS_SHOWN + 1) {
      g_string_append(text, "\n  and so on");
      return;
    }
    g_string_append_printf(text, "\n  called from %s:%d", source_file(&debug), debug.currentline);
  }
}

/* Puts `file` in place of its end, "...nario.lua", with which the message begins. */
static bool
restore_file(GString *text, const char *file)
{
  size_t cut = strcspn(text->str, ":");
  if (!g_str_has_prefix(text->str, "...") || cut <= 3 || strlen(file) < cut - 3 ||
      strncmp(text->str + 3, file + strlen(file) - (cut - 3), cut - 3) != 0)
    return false;
  g_string_erase(text, 0, (gssize)cut);
  g_string_prepend(text, file);
  return true;
}

/* Lua cuts a long file name in its own messages: puts the whole one back. */
static void
restore_source(GString *text, const Scenario *scenario, lua_State *thread)
{
  lua_Debug debug;
  if (!g_str_has_prefix(text->str, "..."))
    return;
  for (int level = 0; level <= CALLERS_SHOWN && lua_getstack(thread, level, &debug); level++) {
    lua_getinfo(thread, "S", &debug);
    if (*debug.source == '@' && restore_file(text, debug.source + 1))
      return;
  }
  restore_file(text, scenario->settings.path); /* a mistake of syntax: nothing has run yet */
}

/* Whether a message says its line already: "...:12: ...". */
static bool
names_line(const char *message)
{
  for (const char *at = strchr(message, ':'); at != NULL; at = strchr(at + 1, ':')) {
    size_t digits = strspn(at + 1, "0123456789");
    if (digits > 0 && strncmp(at + 1 + digits, ": ", 2) == 0)
      return true;
  }
  return false;
}

/* coroutine.wrap puts its place in front of an error that passes through: of many that are the same
 * one is enough. */
static void
collapse_places(GString *text)
{
  const char *end = strstr(text->str, ": ");
  size_t length = end != NULL ? (size_t)(end - text->str) + 2 : 0;
  size_t same = 0;
  while (length > 0 && strncmp(text->str + same + length, text->str, length) == 0)
    same += length;
  g_string_erase(text, 0, (gssize)same);
}

/* A text of any length may be thrown. */
static void
shorten(GString *text)
{
  if (text->len <= MESSAGE_MAX)
    return;
  const char *end = g_utf8_find_prev_char(text->str, text->str + MESSAGE_MAX);
  g_string_truncate(text, end != NULL ? (gsize)(end - text->str) : MESSAGE_MAX);
  g_string_append(text, " ...");
}

void
scenario_fail_lua(Scenario *scenario, lua_State *thread, int status)
{
  GString *text = g_string_new(NULL);
  SimErrorCode code = SIM_ERROR_VALUE;
  const char *source = scenario->settings.path;
  bool has_line = lua_type(thread, -1) == LUA_TSTRING && names_line(lua_tostring(thread, -1));
  int line = has_line && status != LUA_ERRMEM ? 0 : bind_line(thread, &source);
  if (line > 0)
    g_string_append_printf(text, "%s:%d: ", source, line);
  else if (!has_line)
    g_string_append_printf(text, "%s: ", source);
  if (status == LUA_ERRMEM) {
    g_autofree char *limit =
        sim_quantity_print(SIM_QUANTITY_SIZE, (double)scenario->settings.memory_limit);
    g_string_append_printf(text, "the scenario takes more memory than --max-memory (%s)%s", limit,
                           scenario->refused ? ", or than the system has" : "");
    code = SIM_ERROR_LIMIT;
  } else {
    append_object(text, scenario, thread);
    restore_source(text, scenario, thread);
    collapse_places(text);
    shorten(text);
    append_callers(text, thread);
  }
  lua_pop(thread, 1);
  scenario_fail(scenario, g_error_new_literal(SIM_ERROR, code, text->str));
  g_string_free(text, TRUE);
}
