/* bind-congestion: congestion(name, {...}): a congestion control that a scenario defines.
 *
 * It becomes ops like those of cc-NAME.c, with the same hooks (cc.h) and settings of its own, so
 * that the rest of the program knows no difference. What its functions see is in bind-control.c
 * and bind-ack.c, who calls them in bind-hooks.c; scenarios/README.md says what each of them is
 * for. Two hooks are called otherwise in Lua: on_timeout is on_rto, which says ssthresh, and
 * on_backoff is on_timeout. */
#include "scenarios/runner/bind/bind-congestion.h"

#include <math.h>
#include <string.h>

#define PARAMS_MAX 32

/* The first HOOKS are functions, in the order of CongestionHook. */
static const BindField parts[] = {
    {"init", "fun(c: CongestionConnection)",
     "the first data are about to be sent; c.cwnd is the initial window"},
    {"on_ack", "fun(c: CongestionConnection, ack: Ack)",
     "new data was acknowledged; not while a loss is repaired"},
    {"control", "fun(c: CongestionConnection, ack: Ack)",
     "any ACK; in place of on_ack and of all that TCP makes of cwnd by itself"},
    {"measure", "fun(c: CongestionConnection, ack: Ack)",
     "any ACK while something is in flight, before the others"},
    {"on_mark", "fun(c: CongestionConnection, window: number)",
     "in place of on_loss when it was a mark (ECN)"},
    {"on_loss", "fun(c: CongestionConnection, window: number)",
     "a loss without a time-out: says by c.ssthresh where cwnd comes down to"},
    {"on_timeout", "fun(c: CongestionConnection, window: number)",
     "the timer fired for the first time for this data: says c.ssthresh; cwnd becomes one segment"},
    {"on_backoff", "fun(c: CongestionConnection)",
     "the timer fired, for the first time or again; after on_timeout"},
    {"on_recovered", "fun(c: CongestionConnection)", "all is repaired"},
    {"on_undo", "fun(c: CongestionConnection)",
     "the loss was none: cwnd and ssthresh are as before it"},
    {"on_idle", "fun(c: CongestionConnection)", "sending begins again after silence"},
    {"params", "table", "settings and their defaults: cc = {\"name\", step = 2}"},
    {"help", "string", "what it is"},
    {"paces", "boolean", "data leaves at a rate and not in bursts"},
    {"ecn", "boolean", "it asks for marks whatever the option ecn says"},
    {"restart_after_loss", "boolean", "each loss begins anew from one segment, as in Tahoe"},
    {"cuts_flight", "boolean", "window is always what was in flight"},
    {.name = NULL},
};

static const BindOptions parts_options = {
    .name = "CongestionParts",
    .what = "part of a congestion control",
    .extras = parts,
    .help = "congestion(name, {...}); none of the functions may wait",
};

const TcpCcOps *
bind_congestion_find(const Scenario *scenario, const char *name)
{
  for (guint i = 0; i < scenario->congestions->len; i++) {
    const BindCongestion *own = scenario->congestions->pdata[i];
    if (strcmp(own->ops.name, name) == 0)
      return &own->ops;
  }
  return cc_find(name);
}

const char **
bind_congestion_names(const Scenario *scenario)
{
  size_t count = 0;
  while (cc_list()[count] != NULL)
    count++;
  const char **names = g_new0(const char *, count + scenario->congestions->len + 1);
  for (size_t i = 0; i < count; i++)
    names[i] = cc_list()[i]->name;
  for (guint i = 0; i < scenario->congestions->len; i++)
    names[count + i] = ((const BindCongestion *)scenario->congestions->pdata[i])->ops.name;
  return names;
}

static void
congestion_free(gpointer data)
{
  BindCongestion *own = data;
  for (SimParam *param = own->params; param != NULL && param->name != NULL; param++)
    g_free((char *)(uintptr_t)param->name);
  g_free(own->params);
  g_free(own->defaults);
  g_free((char *)(uintptr_t)own->ops.name);
  g_free(own->help);
  g_free(own->what);
  g_free(own);
}

GPtrArray *
bind_congestions_new(void)
{
  return g_ptr_array_new_with_free_func(congestion_free);
}

/* -- params -- */

static int
compare_names(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in the table on top of the stack, in order; Lua keeps them. Returns how many. */
static size_t
param_names(lua_State *L, const char **names)
{
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      bind_error(L, "congestion: params: it is written {name = default}, but one has no name");
    const char *name = lua_tostring(L, -2);
    if (bind_control_is_field(name))
      bind_error(L, "congestion: params: \"%s\" is a field of c; choose another name", name);
    if (count == PARAMS_MAX)
      bind_error(L, "congestion: params: more than %d", PARAMS_MAX);
    names[count++] = name;
  }
  qsort(names, count, sizeof *names, compare_names);
  return count;
}

/* The parameter whose default is on top of the stack: its kind is that of the default. */
static SimParam
param_like(lua_State *L, const char *name)
{
  SimParam param = {
      .name = name, .kind = SIM_PARAM_NUMBER, .min = -HUGE_VAL, .max = HUGE_VAL, .help = ""};
  if (lua_type(L, -1) == LUA_TNUMBER)
    return param;
  if (lua_type(L, -1) == LUA_TBOOLEAN) {
    param.kind = SIM_PARAM_BOOL;
    return param;
  }
  SimQuantity quantity = {.kind = SIM_QUANTITY_PACKETS};
  if (lua_type(L, -1) == LUA_TSTRING)
    sim_quantity_parse(lua_tostring(L, -1), &quantity, NULL);
  param.min = 0;
  switch (quantity.kind) {
  case SIM_QUANTITY_TIME:
    param.kind = SIM_PARAM_TIME;
    break;
  case SIM_QUANTITY_SIZE:
    param.kind = SIM_PARAM_SIZE;
    break;
  case SIM_QUANTITY_RATE:
    param.kind = SIM_PARAM_RATE;
    break;
  case SIM_QUANTITY_RATIO:
    param.kind = SIM_PARAM_RATIO;
    param.max = 1;
    break;
  default:
    bind_error(L,
               "congestion: params: %s: its default is wanted: a number, true, false, or a text "
               "such as \"50 ms\" or \"64 KiB\"",
               name);
  }
  return param;
}

/* params = {...} on top of the stack. Everything is in Lua's memory until it is known to be right,
 * for an error costs nothing then. */
static void
read_params(lua_State *L, BindCongestion *own)
{
  const char *names[PARAMS_MAX];
  SimParam params[PARAMS_MAX + 1] = {{.name = NULL}};
  size_t count = 0;
  if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TTABLE)
    bind_error(L, "congestion: params: a table {name = default} is wanted, not %s",
               bind_value_describe(L, -1));
  if (!lua_isnil(L, -1))
    count = param_names(L, names);
  size_t size = sizeof(CongestionSettings) + count * sizeof((CongestionSettings){0}.slots[0]);
  CongestionSettings *defaults = lua_newuserdatauv(L, size, 0);
  memset(defaults, 0, size);
  defaults->own = own;
  for (size_t i = 0; i < count; i++) {
    lua_getfield(L, -2, names[i]);
    params[i] = param_like(L, names[i]);
    params[i].offset = (size_t)((char *)&defaults->slots[i] - (char *)defaults);
    bind_value_param(L, -1, "congestion: params", &params[i], defaults);
    lua_pop(L, 1);
  }
  own->params = g_memdup2(params, (count + 1) * sizeof *params);
  for (size_t i = 0; i < count; i++)
    own->params[i].name = g_strdup(names[i]);
  own->defaults = g_memdup2(defaults, size);
  own->ops.params = count > 0 ? own->params : NULL;
  own->ops.defaults = own->defaults;
  own->ops.settings_size = size;
  lua_pop(L, 1);
}

/* -- congestion() -- */

static void
check_name(lua_State *L, const char *name)
{
  const Scenario *scenario = bind_scenario(L);
  bool usable = g_ascii_isalpha(*name);
  for (const char *at = name; *at != '\0'; at++)
    usable = usable && (g_ascii_isalnum(*at) || *at == '-' || *at == '_' || *at == '+');
  if (!usable)
    bind_error(L, "congestion: \"%s\" cannot be its name; accepted: letters, digits, '-', '_', '+'",
               name);
  if (bind_congestion_find(scenario, name) != NULL)
    bind_error(L, "congestion: \"%s\": there is one of that name already", name);
}

/* The table at 2: its functions, and that there is nothing else. */
static void
read_hooks(lua_State *L, BindCongestion *own)
{
  if (!bind_options_check(L, 2, &parts_options))
    bind_error(L, "congestion: a table of functions is wanted: "
                  "congestion(name, {on_ack = function (c, ack) ... end, ...})");
  for (int i = 0; i < HOOKS; i++) {
    own->hooks[i] = LUA_NOREF;
    if (lua_getfield(L, 2, parts[i].name) != LUA_TNIL) {
      bind_value_function(L, -1, "congestion", parts[i].name);
      own->hooks[i] = luaL_ref(L, LUA_REGISTRYINDEX);
    } else {
      lua_pop(L, 1);
    }
  }
  bool acks = own->hooks[HOOK_ON_ACK] != LUA_NOREF,
       controls = own->hooks[HOOK_CONTROL] != LUA_NOREF;
  if (!acks && !controls)
    bind_error(L, "congestion: on_ack is missing: function (c, ack) ... end");
  if (acks && controls)
    bind_error(L, "congestion: on_ack and control: control stands in for on_ack, which would never "
                  "be called");
}

/* The table at 2: what it says besides its functions. */
static void
read_flags(lua_State *L, TcpCcOps *ops)
{
  const struct {
    const char *name;
    bool *flag;
  } flags[] = {{"paces", &ops->paces},
               {"ecn", &ops->needs_ecn},
               {"restart_after_loss", &ops->restart_after_loss},
               {"cuts_flight", &ops->cuts_flight}};
  for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
    int type = lua_getfield(L, 2, flags[i].name);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN)
      bind_error(L, "congestion: %s: true or false is wanted, not %s", flags[i].name,
                 bind_value_describe(L, -1));
    *flags[i].flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
  }
}

static int
make_congestion(lua_State *L)
{
  Scenario *scenario = bind_scenario(L);
  bind_check_loading(L, "congestion");
  bind_check_parallel(L, "congestion");
  bind_value_count(L, 2, "congestion(name, {on_ack = ..., on_loss = ...})");
  const char *name = bind_value_text(L, 1, "congestion", "the name");
  check_name(L, name);
  lua_settop(L, 2);
  /* The scenario owns it from here on, whatever is raised; it has no name until it is whole. */
  BindCongestion *own = g_new0(BindCongestion, 1);
  own->ops.name = g_strdup("");
  g_ptr_array_add(scenario->congestions, own);
  own->scenario = scenario;
  read_hooks(L, own);
  read_flags(L, &own->ops);
  bind_hooks_fill(own);
  lua_getfield(L, 2, "help");
  if (!lua_isnil(L, -1))
    own->help = g_strdup(bind_value_text(L, -1, "congestion", "help"));
  lua_getfield(L, 2, "params");
  read_params(L, own);
  own->ack = bind_ack_new(L);
  own->ack_ref = luaL_ref(L, LUA_REGISTRYINDEX);
  own->what = g_strdup_printf("the congestion control \"%s\"", name);
  g_free((char *)(uintptr_t)own->ops.name);
  own->ops.name = g_strdup(name);
  own->ops.help = own->help;
  lua_pushvalue(L, 1);
  return 1;
}

static void
open_congestion(lua_State *L)
{
  bind_control_open(L);
  bind_ack_open(L);
}

static const BindFunction functions[] = {
    {"congestion", make_congestion, "name: string, parts: CongestionParts", "string",
     "a congestion control of the scenario's own, for tcp = {cc = name}; its name"},
    {.name = NULL},
};

static const BindOptions *const options_of_congestion[] = {&parts_options, NULL};
static const BindRecord *const records_of_congestion[] = {&bind_control_record, &bind_ack_record,
                                                          NULL};

const BindGroup bind_group_congestion = {
    .name = "congestion",
    .title = "Your own congestion control",
    .help = "functions that a connection asks about its window",
    .functions = functions,
    .options = options_of_congestion,
    .records = records_of_congestion,
    .open = open_congestion,
};
