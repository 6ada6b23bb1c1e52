/* bind-study: study{...}: what `roundtrip sweep` varies when the command line does not say it.
 *
 *   study {
 *     vary = { "loss=0..0.1:lin:6", delay = { "20 ms", "200 ms" } },
 *     seeds = 20,                                  -- or "21..40"
 *     figures = { { "lines", x = "loss", y = "connect_time", by = "delay", theory = "cardwell" } },
 *   }
 *
 * `run` reads it, so that a mistake is seen early, and does nothing with it. Texts are kept as they
 * are: plan.c reads them, as it reads the command line. */
#include "scenarios/runner/bind/bind.h"

#include <string.h>

#include "plots/study-options.h"

static const BindField extras[] = {
    {"scenario", "string", "another file to run in place of this one"},
    {"vary", "table", "texts as on the command line, \"loss=0..0.1:lin:6\", or name = {values}"},
    {"seeds", "integer|string", "so many, or \"21..40\""},
    {"zip", "boolean", "values are taken together, not each with each"},
    {"sample", "string", "\"lhs:200\": points drawn from the ranges"},
    {"enough", "string", "seeds are added until \"ci(goodput) < 2 %\""},
    {"max_seeds", "integer", "the most that enough gives a point"},
    {"vs", "string", "\"cc=reno\": differences to the points with this value"},
    {"figures", "table[]",
     "{\"lines\", x = \"loss\", y = \"goodput\", by = \"delay\", theory = \"mathis\"}"},
    {.name = NULL},
};

static const BindOptions study_options = {
    .name = "StudyOptions",
    .what = "option of study",
    .extras = extras,
    .help = "study{...}",
};

/* The value on top of the stack as the command line has it: a text, or a number. Pushes it. */
static const char *
push_text(lua_State *L, const char *field)
{
  int type = lua_type(L, -1);
  if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN)
    bind_error(L, "study: %s: a text or a number is wanted, not %s", field,
               bind_value_describe(L, -1));
  if (type == LUA_TBOOLEAN)
    lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false");
  else
    lua_pushvalue(L, -1);
  return lua_tostring(L, -1);
}

/* Keeps the field of the table at 1 in `*kept`. */
static void
take_text(lua_State *L, const char *field, char **kept)
{
  lua_getfield(L, 1, field);
  if (!lua_isnil(L, -1)) {
    const char *text = push_text(L, field);
    g_free(*kept);
    *kept = g_strdup(text);
  }
  lua_settop(L, 1);
}

/* On top of the stack: one value, or a list of them. Pushes "NAME=V1,V2". */
static void
push_axis(lua_State *L, const char *name)
{
  int values = lua_gettop(L);
  luaL_Buffer buffer;
  if (lua_type(L, values) != LUA_TTABLE) {
    const char *text = push_text(L, name);
    lua_pushfstring(L, "%s=%s", name, text);
    return;
  }
  lua_Integer count = luaL_len(L, values);
  if (count == 0)
    bind_error(L, "study: vary: %s: the list of values is empty", name);
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, name);
  luaL_addchar(&buffer, '=');
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1)
      luaL_addchar(&buffer, ',');
    lua_rawgeti(L, values, i);
    int type = lua_type(L, -1);
    if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN)
      bind_error(L, "study: vary: %s: a list of texts and numbers is wanted", name);
    if (type == LUA_TBOOLEAN) {
      bool is_true = lua_toboolean(L, -1);
      lua_pop(L, 1);
      lua_pushstring(L, is_true ? "true" : "false");
    }
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
}

/* The least name above `last` among the keys of the table at `table`; NULL: none. Lua keeps it. */
static const char *
next_name(lua_State *L, int table, const char *last)
{
  const char *least = NULL;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    if (strcmp(name, last) > 0 && (least == NULL || strcmp(name, least) < 0))
      least = name;
  }
  return least;
}

/* The text on top of the stack. */
static void
add_axis(lua_State *L, StudyRequest *request)
{
  const char *source;
  int line = bind_line(L, &source);
  lua_pushfstring(L, "%s:%d: study: vary", source, line);
  request_add_axis(request, lua_tostring(L, -2), lua_tostring(L, -1));
  lua_pop(L, 1);
}

/* vary: texts in their order, then names in that of the alphabet (a table has no order of its
 * own). */
static void
take_vary(lua_State *L, StudyRequest *request)
{
  lua_getfield(L, 1, "vary");
  if (lua_isnil(L, -1)) {
    lua_settop(L, 1);
    return;
  }
  if (lua_type(L, 2) != LUA_TTABLE)
    bind_error(L,
               "study: vary: a table such as {\"loss=0,0.01\", delay = {\"20 ms\"}} is wanted, "
               "not %s",
               bind_value_describe(L, 2));
  lua_Integer count = luaL_len(L, 2);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    if (lua_type(L, -1) != LUA_TSTRING)
      bind_error(L, "study: vary: a text such as \"delay=10ms..200ms:10ms\" is wanted, not %s",
                 bind_value_describe(L, -1));
    add_axis(L, request);
    lua_settop(L, 2);
  }
  for (const char *name = ""; (name = next_name(L, 2, name)) != NULL; lua_settop(L, 2)) {
    lua_getfield(L, 2, name);
    push_axis(L, name);
    add_axis(L, request);
  }
  lua_settop(L, 1);
}

/* The table of a figure is at 3; `figure` is the request's. */
static void
take_options(lua_State *L, StudyFigure *figure)
{
  const struct {
    const char *name;
    char **kept;
  } own[] = {{"file", &figure->file},
             {"format", &figure->format},
             {"width", &figure->width},
             {"title", &figure->title}};
  for (const char *name = ""; (name = next_name(L, 3, name)) != NULL; lua_settop(L, 3)) {
    lua_getfield(L, 3, name);
    const char *text = push_text(L, name);
    char **kept = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
      if (strcmp(name, own[i].name) == 0)
        kept = own[i].kept;
    if (kept != NULL)
      *kept = g_strdup(text);
    else
      g_ptr_array_add(figure->options, g_strconcat(name, "=", text, NULL));
  }
  g_ptr_array_add(figure->options, NULL);
}

/* Whether the figure can be made is to be known before the first run, not after the last. */
static void
check_files(lua_State *L, const StudyRequest *request, const StudyFigure *figure)
{
  static const char *const formats[] = {"svg", "pdf", "png", "tex", NULL};
  static const char *const widths[] = {"column", "double", "slide", NULL};
  const char *file = figure->file != NULL ? figure->file : figure->name;
  if (figure->format != NULL && !g_strv_contains(formats, figure->format))
    bind_error_unknown(L, "format of a figure", figure->format, formats);
  if (figure->width != NULL && !g_strv_contains(widths, figure->width))
    bind_error_unknown(L, "width of a figure", figure->width, widths);
  if (*file == '\0' || *file == '.' || strpbrk(file, "/\\") != NULL)
    bind_error(L, "study: figures: file = \"%s\": a name without folder and ending is wanted",
               file);
  for (guint i = 0; i + 1 < request->figures->len; i++) {
    const StudyFigure *other = request->figures->pdata[i];
    if (strcmp(other->file != NULL ? other->file : other->name, file) == 0)
      bind_error(L,
                 "study: figures: two of them would be called \"%s\": give one a file = \"NAME\"",
                 file);
  }
}

static void
take_figures(lua_State *L, StudyRequest *request)
{
  lua_getfield(L, 1, "figures");
  if (lua_isnil(L, -1)) {
    lua_settop(L, 1);
    return;
  }
  if (lua_type(L, 2) != LUA_TTABLE)
    bind_error(L,
               "study: figures: a list such as {{\"lines\", x = \"loss\", y = \"goodput\"}} is "
               "wanted, not %s",
               bind_value_describe(L, 2));
  lua_Integer count = luaL_len(L, 2);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    if (lua_type(L, 3) != LUA_TTABLE)
      bind_error(L, "study: figures: each is a table such as {\"lines\", x = \"loss\"}, not %s",
                 bind_value_describe(L, 3));
    lua_rawgeti(L, 3, 1);
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (!g_strv_contains(figure_study_names(), name))
      bind_error_unknown(L, "figure of a study", name, figure_study_names());
    StudyFigure *figure = request_add_figure(request, name);
    lua_settop(L, 3);
    take_options(L, figure);
    check_files(L, request, figure);
    GError *error = NULL;
    if (!study_options_check(name, (const char *const *)figure->options->pdata, &error))
      bind_raise_in(L, "study: figures", error);
    lua_settop(L, 2);
  }
  lua_settop(L, 1);
}

static int
study(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_value_count(L, 1, "study{vary = {...}, seeds =, figures = {...}}");
  bind_check_loading(L, "study");
  if (scenario->study != NULL)
    bind_error(L, "study: it is there twice");
  if (!bind_options_check(L, 1, &study_options))
    bind_error(L, "study: the options are missing: study{vary = {\"loss=0,0.01\"}, seeds = 20}");
  lua_settop(L, 1);
  StudyRequest *request = scenario->study = request_new(); /* the scenario's from now on */
  take_text(L, "scenario", &request->scenario);
  if (request->scenario != NULL) {
    lua_getfield(L, 1, "scenario");
    bind_file_path(L, -1, "study", "scenario");
    lua_settop(L, 1);
  }
  take_text(L, "seeds", &request->seeds);
  take_text(L, "sample", &request->sample);
  take_text(L, "enough", &request->until);
  take_text(L, "max_seeds", &request->max_seeds);
  take_text(L, "vs", &request->vs);
  lua_getfield(L, 1, "zip");
  request->zip = !lua_isnil(L, -1) && bind_value_bool(L, -1, "study", "zip");
  lua_settop(L, 1);
  take_vary(L, request);
  take_figures(L, request);
  return 0;
}

static const BindFunction functions[] = {
    {"study", study, "options: StudyOptions", NULL,
     "what roundtrip sweep runs when the command line does not say it; run only reads it"},
    {.name = NULL},
};

static const BindOptions *const options_of_study[] = {&study_options, NULL};

const BindGroup bind_group_study = {
    .name = "studies",
    .title = "Studies",
    .help = "many runs of one scenario",
    .functions = functions,
    .options = options_of_study,
};
